import type { RequestOverrides, StreamOptions } from '../types.ts';
import { combineHeaders } from './build-request.ts';

/** The options of a run: those of now, under what its start changed. Headers merge by name. */
export function applyOverrides<TOptions extends StreamOptions>(
  options: TOptions,
  { method, headers, body }: RequestOverrides,
): TOptions {
  return {
    ...options,
    ...(method !== undefined && { method }),
    ...(body !== undefined && { body }),
    headers: combineHeaders(options.headers, headers),
  };
}
