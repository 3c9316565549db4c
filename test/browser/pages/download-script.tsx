import { createRoot } from 'react-dom/client';
import { type DownloadOptions, type DownloadResult, useDownload } from 'rivulet';

/** What the page has seen of its download. */
export interface SeenDownload {
  /** Every total that was shown, in order and each once in a row. */
  readonly totals: (number | null)[];
  /** The sum of all chunks. */
  bytes: number;
  readonly errors: string[];
  readonly warnings: string[];
}

declare global {
  interface Window {
    readonly seenDownload: SeenDownload;
    /** What the hook returned last. */
    download: DownloadResult;
    /** Mounts a component that can download. */
    mountDownload(url: string, options?: DownloadOptions): void;
    unmountDownload(): void;
  }
}

const seen: SeenDownload = { totals: [], bytes: 0, errors: [], warnings: [] };
const root = createRoot(document.body.appendChild(document.createElement('main')));

function Download({ url, options }: { readonly url: string; readonly options: DownloadOptions }) {
  const job = useDownload(url, {
    ...options,
    flush: 'sync',
    onChunk: ({ length }) => void (seen.bytes += length),
    onProgress({ total }) {
      if (seen.totals.at(-1) !== total) seen.totals.push(total);
    },
    onError: ({ code }) => void seen.errors.push(code),
  });
  Object.assign(window, { download: job });
  return <progress aria-label={url} value={job.progress ?? undefined} />;
}

console.warn = (message: string) => void seen.warnings.push(message);

Object.assign(window, {
  seenDownload: seen,
  mountDownload(url: string, options: DownloadOptions = {}) {
    root.render(<Download url={url} options={options} />);
  },
  unmountDownload: () => root.unmount(),
});
