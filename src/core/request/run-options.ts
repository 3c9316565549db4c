import type { RequestOverrides, StreamOptions } from '../types.ts';
import { combineHeaders } from './build-request.ts';

/** The options of now and those when the run began, under what its start changed. */
type RunOptions<TOptions> = (
  now: TOptions,
  begun: TOptions,
  overrides: RequestOverrides,
) => TOptions;

/**
 * Puts together the options of runs: those of now, with the method and the body of the beginning,
 * under what its start changed. Headers merge by name.
 *
 * They are asked for at every message, so they are made anew only when one of the three is another
 * object. Measured: without, each small chunk of an answer cost four times as much.
 */
export function createRunOptions<TOptions extends StreamOptions>(): RunOptions<TOptions> {
  let made:
    | {
        readonly now: TOptions;
        readonly begun: TOptions;
        readonly overrides: RequestOverrides;
        readonly options: TOptions;
      }
    | undefined;

  return (now, begun, overrides) => {
    const isSame = made?.now === now && made.begun === begun && made.overrides === overrides;
    if (made === undefined || !isSame) {
      const { method = begun.method, body = begun.body, headers } = overrides;
      const options = {
        ...now,
        method,
        body,
        headers: combineHeaders(now.headers, headers),
      };
      made = { now, begun, overrides, options };
    }
    return made.options;
  };
}
