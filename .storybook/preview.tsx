import type { Preview } from '@storybook/react-vite';
import { startDemoServerWorker } from '../stories/demo-server/register-worker.ts';
import { WithWire } from '../stories/wire-panel/with-wire.tsx';
import { ThemedDocsContainer } from './docs-container.tsx';
import { DocsPageWithReference } from './docs-page.tsx';
import { choiceIn } from './theme.ts';
import { WhileVisible } from './while-visible.tsx';
import './preview.css';

const preview: Preview = {
  tags: ['autodocs'],
  async beforeAll() {
    if (import.meta.env.PROD) await startDemoServerWorker();
  },
  initialGlobals: { theme: 'system' },
  globalTypes: {
    theme: {
      description: 'Light or dark',
      toolbar: {
        title: 'Theme',
        icon: 'mirror',
        dynamicTitle: true,
        items: [
          { value: 'system', title: 'System theme' },
          { value: 'light', title: 'Light theme' },
          { value: 'dark', title: 'Dark theme' },
        ],
      },
    },
  },
  parameters: {
    layout: 'fullscreen',
    a11y: { test: 'error' },
    backgrounds: { disable: true },
    controls: { expanded: true },
    docs: { container: ThemedDocsContainer, page: DocsPageWithReference, codePanel: true },
    options: {
      storySort: {
        order: [
          'Introduction',
          '中文介绍',
          'useEventSource',
          'useStreamingFetch',
          'useDownload',
          'Guides',
          [
            'Choosing',
            'Servers',
            'Next.js and server rendering',
            'TanStack Query',
            'Testing',
            'React Native and Capacitor',
            'Migrating',
            'Reconnection and Last-Event-ID',
            'Status and readyState',
            'POST instead of EventSource',
            'What proves an end',
            'Errors',
            'Authentication',
            'Tokens without renders',
            'Download progress',
            'Binary over a text stream',
            'SSE wire format',
            'Many tabs',
            'Proxies',
            'Production',
            'Troubleshooting',
            'Wire panel',
          ],
          'Reference',
        ],
      },
    },
  },
  decorators: [
    (Story, { globals, viewMode, id, parameters }) => {
      document.documentElement.dataset['theme'] = choiceIn(globals);
      const example = (
        <div className="example">
          <Story />
        </div>
      );
      // `wire: 'none'` in the parameters of a story without a stream; `'open'`, `'closed'` to begin so.
      const wire: unknown = parameters['wire'];
      // From story to story the panel stays as it is; the stories of a page have one each.
      const remembered = viewMode === 'docs' ? id : 'canvas';
      const isFixed = wire === 'open' || wire === 'closed';
      const shown =
        wire === 'none' ? (
          example
        ) : (
          <WithWire name={isFixed ? null : remembered} startsOpen={wire === 'open'}>
            {example}
          </WithWire>
        );
      return viewMode === 'docs' ? <WhileVisible>{shown}</WhileVisible> : shown;
    },
  ],
};

export default preview;
