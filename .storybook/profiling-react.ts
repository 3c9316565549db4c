import type { Plugin } from 'vite';

/**
 * The profiling build of React in the static pages: the production build calls no `<Profiler>`, and
 * the wire panel would count no commit. (The development build calls them anyway.)
 */
export function profilingReact(): Plugin {
  return {
    name: 'profiling-react',
    apply: 'build',
    // The first alias that matches wins, the newest is the first, and addons have some for `react-dom`.
    enforce: 'post',
    config: () => ({
      resolve: { alias: [{ find: /^react-dom\/client$/, replacement: 'react-dom/profiling' }] },
    }),
  };
}
