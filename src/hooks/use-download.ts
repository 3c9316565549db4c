import { useMemo } from 'react';
import { type DownloadRequest, manageDownload } from '../core/download/manage-download.ts';
import type {
  DownloadAs,
  DownloadController,
  DownloadOptions,
  DownloadResult,
  DownloadToSinkOptions,
} from '../core/download/types.ts';
import { mergeConfig } from './merge-config.ts';
import { useStreamConfig } from './stream-config.tsx';
import { useManaged, useSnapshot } from './use-controller.ts';

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
 *       <button onClick={save} disabled={status !== 'done'}>Save</button>
 *     </>
 *   );
 * }
 */
export function useDownload(
  url: string | URL | null,
  options: DownloadToSinkOptions,
): DownloadResult<'sink'>;
/** Without a sink, the result stays in memory. */
export function useDownload<TAs extends DownloadAs = 'blob'>(
  url: string | URL | null,
  options?: DownloadOptions<TAs>,
): DownloadResult<TAs>;
/** Shows a download that was made elsewhere; never starts or aborts it. */
export function useDownload<TAs>(controller: DownloadController<TAs>): DownloadResult<TAs>;
export function useDownload(
  source: string | URL | null | DownloadController<unknown>,
  given: DownloadOptions<DownloadAs> | DownloadToSinkOptions = {},
): object {
  const options = mergeConfig(useStreamConfig(), given, false);
  const isController = typeof source === 'object' && source !== null && 'getSnapshot' in source;
  const url = isController ? null : source;
  const request: DownloadRequest = { url, options };

  const managed = useManaged({
    // Started by hand: one controller for the life of the component, none without a URL.
    identity: url === null ? null : 'manual',
    options: request,
    enabled: true,
    create: () => manageDownload(request),
  });
  const controller = isController ? source : managed;
  const snapshot = useSnapshot(controller);
  return useMemo(() => {
    const { start, pause, resume, abort, reset, save } = controller;
    return { ...snapshot, start, pause, resume, abort, reset, save };
  }, [snapshot, controller]);
}
