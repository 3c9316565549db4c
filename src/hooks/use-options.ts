import { useContext, useState } from 'react';
import { type Checked, checkRequest } from '../core/controller/check-options.ts';
import type { UrlSource } from '../core/types.ts';
import { StreamContext, type StreamDefaults } from './stream-context.ts';

/** What a hook was given, sorted and completed. */
interface Source<TController, TOptions> {
  /** The controller that was given, `null` for a URL. */
  readonly shown: TController | null;
  readonly url: UrlSource | null;
  /** The options, completed with those of the providers above. */
  readonly options: TOptions;
}

/**
 * Tells a URL from a controller, checks the options when they change (development only), and completes
 * them with the defaults of `StreamConfig`.
 *
 * @param startsItself Whether these options start a request without being asked to.
 * @param retries Whether requests are repeated without being asked to; else only `retry` asks.
 */
export function useOptions<TController extends object, TOptions extends object>(
  source: UrlSource | null | TController,
  given: TOptions,
  startsItself: boolean,
  retries: boolean,
): Source<TController, TOptions> {
  const complete = useContext(StreamContext);
  const [checked] = useState((): Checked => ({}));
  if (typeof source === 'object' && source !== null && 'getSnapshot' in source) {
    // That method shows that it is one.
    return { shown: source as TController, url: null, options: given };
  }
  checkRequest(source, given, startsItself, checked);
  // The options of every hook include these.
  const options = complete === null ? given : complete(given as StreamDefaults, retries);
  // Completing adds what is missing and changes no type.
  return { shown: null, url: source as UrlSource | null, options: options as TOptions };
}
