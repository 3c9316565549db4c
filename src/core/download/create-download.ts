import { manageDownload } from './manage-download.ts';
import type {
  DownloadAs,
  DownloadController,
  DownloadOptions,
  DownloadToSinkOptions,
} from './types.ts';

/**
 * Makes a download, to be used outside React or to outlive a component. Creating it has no effect.
 *
 * @throws StreamError `invalid-option` for options that can only be mistakes.
 * @example
 * const job = createDownload('/files/report.pdf', { resumable: true });
 * const { status, result } = await job.start();
 */
export function createDownload(
  url: string | URL,
  options: DownloadToSinkOptions,
): DownloadController<'sink'>;
/** Without a sink, the result stays in memory. */
export function createDownload<TAs extends DownloadAs = 'blob'>(
  url: string | URL,
  options?: DownloadOptions<TAs>,
): DownloadController<TAs>;
export function createDownload(
  url: string | URL,
  options: DownloadOptions<DownloadAs> | DownloadToSinkOptions = {},
): object {
  return manageDownload({ url, options });
}
