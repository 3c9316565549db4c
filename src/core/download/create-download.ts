import { checkRequest } from '../controller/check-options.ts';
import type { UrlSource } from '../types.ts';
import { type AnyDownloadOptions, manageDownload } from './download.ts';
import type {
  DownloadAs,
  DownloadController,
  DownloadOptions,
  DownloadToSinkOptions,
  DownloadValueOptions,
} from './types.ts';

/** Into a sink: there is no result. */
export function createDownload(
  url: UrlSource,
  options: DownloadToSinkOptions,
): DownloadController<'sink'>;
/**
 * Makes a download, to be used outside React or to outlive a component. Creating it has no effect.
 *
 * @throws StreamError `invalid-option` for options that can only be mistakes.
 * @example
 * const job = createDownload('/files/report.pdf', { resumable: true });
 * const { status, result } = await job.start();
 */
export function createDownload<TAs extends DownloadAs = 'blob', TValue = unknown>(
  url: UrlSource,
  options?: DownloadOptions<TAs> | DownloadValueOptions<TValue>,
): DownloadController<TAs, TValue>;
export function createDownload(url: UrlSource, options: AnyDownloadOptions = {}): object {
  checkRequest(url, options, false);
  const { getSnapshot, getServerSnapshot, subscribe, ...job } = manageDownload({ url, options });
  const { start, pause, resume, abort, reset, save } = job;
  return { getSnapshot, getServerSnapshot, subscribe, start, pause, resume, abort, reset, save };
}
