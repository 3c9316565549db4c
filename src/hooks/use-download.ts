import { useMemo } from 'react';
import { type AnyDownloadOptions, manageDownload } from '../core/download/download.ts';
import type {
  DownloadAs,
  DownloadController,
  DownloadOptions,
  DownloadResult,
  DownloadToSinkOptions,
  DownloadValueOptions,
} from '../core/download/types.ts';
import type { UrlSource } from '../core/types.ts';
import { useManaged, useSnapshot } from './use-controller.ts';
import { useOptions } from './use-options.ts';

/** Into a sink: there is no result. */
export function useDownload(
  url: UrlSource | null,
  options: DownloadToSinkOptions,
): DownloadResult<'sink'>;
/**
 * One file with honest progress: bytes, total where it is known, rate and time left; pause, resume,
 * save, or straight into a sink. It waits for `start()`; unmounting aborts. A download that outlives
 * its component is made with `createDownload` and given to the hook.
 *
 * @throws StreamError `invalid-option`, during render, for options that can only be mistakes.
 * @example
 * function Report() {
 *   const { status, progress, start, save } = useDownload('/files/report.pdf');
 *   return (
 *     <>
 *       <button onClick={() => start()}>Download</button>
 *       <progress aria-label="Report" value={progress ?? undefined} />
 *       <button onClick={() => save()} disabled={status !== 'done'}>Save</button>
 *     </>
 *   );
 * }
 */
export function useDownload<TAs extends DownloadAs = 'blob', TValue = unknown>(
  url: UrlSource | null,
  options?: DownloadOptions<TAs> | DownloadValueOptions<TValue>,
): DownloadResult<TAs, TValue>;
/** Shows a download that was made elsewhere; never starts or aborts it. */
export function useDownload<TAs, TValue>(
  controller: DownloadController<TAs, TValue>,
): DownloadResult<TAs, TValue>;
export function useDownload(
  source: UrlSource | null | DownloadController<unknown>,
  given: AnyDownloadOptions = {},
): object {
  const { shown, url, options } = useOptions(source, given, false, false);
  const request = { url, options };
  const managed = useManaged({
    // Started by hand: one controller for the life of the component, none without a URL.
    identity: url === null ? null : 'manual',
    options: request,
    enabled: true,
    create: () => manageDownload(request),
  });
  const controller = shown ?? managed;
  const snapshot = useSnapshot(controller);
  return useMemo(() => {
    const { start, pause, resume, abort, reset, save } = controller;
    return { ...snapshot, start, pause, resume, abort, reset, save };
  }, [snapshot, controller]);
}
