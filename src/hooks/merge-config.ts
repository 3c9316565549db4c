import { defaultEnvironment, type Environment, isolate } from '../core/environment.ts';
import { combineHeaders } from '../core/request/build-request.ts';
import { validateOptions } from '../core/request/validate-options.ts';
import type { RetryOptions, StreamMessage, StreamOptions } from '../core/types.ts';

/** Defaults for every hook below a provider. */
export interface StreamConfigOptions
  extends Pick<
    StreamOptions,
    | 'fetch'
    | 'headers'
    | 'credentials'
    | 'onUnauthorized'
    | 'onOpen'
    | 'onChunk'
    | 'onError'
    | 'onStatusChange'
    | 'environment'
  > {
  /** Fields of `retry`. They never switch retrying on where a hook does not retry. */
  readonly retry?: RetryOptions | undefined;
  /** Every message of every hook below, before the hook's own callbacks. */
  readonly onMessage?:
    | ((message: StreamMessage<unknown> | StreamMessage<Uint8Array>) => void)
    | undefined;
}

/** What a hook's options and a provider's have in common. */
interface Mergeable extends Omit<StreamConfigOptions, 'retry' | 'onMessage'> {
  readonly retry?: RetryOptions | false | undefined;
  /** The messages of a hook are of a narrower type than those of a provider. */
  readonly onMessage?: ((message: never) => void) | undefined;
  readonly withCredentials?: boolean | undefined;
}

/**
 * Options completed by those of a provider: the inner one wins, headers merge by name, callbacks of
 * the provider come first. Throws `invalid-option` for options that can only be mistakes.
 *
 * @param retries Whether requests are repeated without being asked to; else only `retry` asks.
 */
export function mergeConfig<TOptions extends Mergeable>(
  config: StreamConfigOptions,
  own: TOptions,
  retries: boolean,
): TOptions {
  // Each by itself and before they are one: merging would cover up some mistakes.
  validateOptions(own);
  const hasRetry = own.retry !== false && (retries || own.retry !== undefined);
  const credentials = own.withCredentials === undefined ? config.credentials : undefined;
  const environment = own.environment ?? config.environment;
  const reporter = environment ?? defaultEnvironment;
  return {
    ...own,
    environment,
    fetch: own.fetch ?? config.fetch,
    credentials: own.credentials ?? credentials,
    retry: hasRetry ? { ...config.retry, ...own.retry } : own.retry,
    headers: combineHeaders(config.headers, own.headers),
    onUnauthorized: own.onUnauthorized ?? config.onUnauthorized,
    onOpen: inTurn(reporter, config.onOpen, own.onOpen),
    onChunk: inTurn(reporter, config.onChunk, own.onChunk),
    onError: inTurn(reporter, config.onError, own.onError),
    onStatusChange: inTurn(reporter, config.onStatusChange, own.onStatusChange),
    onMessage: inTurn<[never]>(reporter, config.onMessage, own.onMessage),
  };
}

/** One callback after the other; a throw of the first is reported and keeps the second from nothing. */
function inTurn<TArguments extends readonly unknown[]>(
  environment: Environment,
  first: ((...args: TArguments) => void) | undefined,
  second: ((...args: TArguments) => void) | undefined,
): ((...args: TArguments) => void) | undefined {
  if (first === undefined || second === undefined) return second ?? first;
  return (...args) => {
    isolate(environment, first, ...args);
    second(...args);
  };
}
