import { fileURLToPath } from 'node:url';
import type { StorybookConfig } from '@storybook/react-vite';
import { mergeConfig } from 'vite';
import { demoServer } from '../stories/demo-server/vite-plugin.ts';
import { referencePlugin } from '../stories/reference/vite-plugin.ts';
import { machinePages } from './machine-pages.ts';
import { profilingReact } from './profiling-react.ts';

const source = (path: string) => fileURLToPath(new URL(`../src/${path}`, import.meta.url));

const config: StorybookConfig = {
  stories: ['../stories/**/*.mdx', '../stories/**/*.stories.tsx'],
  // The addon of Vitest would put a box "Run tests" into the sidebar that readers see.
  addons: [
    '@storybook/addon-docs',
    '@storybook/addon-a11y',
    ...(process.env['VITEST'] ? ['@storybook/addon-vitest'] : []),
  ],
  features: { sidebarOnboardingChecklist: false },
  framework: { name: '@storybook/react-vite', options: { strictMode: true } },
  staticDirs: ['./public'],
  core: { disableTelemetry: true, disableWhatsNewNotifications: true },
  typescript: { reactDocgen: 'react-docgen' },
  viteFinal: (viteConfig) =>
    mergeConfig(viteConfig, {
      plugins: [demoServer(), machinePages(), profilingReact(), referencePlugin()],
      // Pre-bundled at once, so that no story is interrupted by a reload.
      optimizeDeps: { include: ['react-dom'] },
      // Storybook's own chunks are larger than Vite likes, which is no news to whoever builds this.
      build: { chunkSizeWarningLimit: 2000 },
      resolve: {
        // The examples name the package as their reader will.
        alias: [
          { find: /^rivulet$/, replacement: source('index.ts') },
          { find: /^rivulet\/core$/, replacement: source('core/index.ts') },
          { find: /^rivulet\/share$/, replacement: source('share/index.ts') },
          { find: /^rivulet\/testing$/, replacement: source('testing/index.ts') },
        ],
      },
    }),
};

export default config;
