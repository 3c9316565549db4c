import { type ReactNode, useContext, useMemo } from 'react';
import { checkOptions } from '../core/controller/check-options.ts';
import { defaultEnvironment, type Environment, isolate } from '../core/environment.ts';
import { combineHeaders } from '../core/request/build-request.ts';
import type { RetryOptions, StreamMessage, StreamOptions } from '../core/types.ts';
import { StreamContext, type StreamDefaults } from './stream-context.ts';
import { useLatest } from './use-latest.ts';

/** The props of {@link StreamConfig}: defaults for every hook below it. */
export interface StreamConfigProps extends Omit<StreamDefaults, 'withCredentials'> {
  /** Fields of `retry`. They never switch retrying on where a hook does not retry. */
  readonly retry?: RetryOptions | undefined;
  /** Every message of every hook below, before the hook's own callbacks. */
  readonly onMessage?:
    | ((message: StreamMessage<unknown> | StreamMessage<Uint8Array>) => void)
    | undefined;
  /** What the defaults are for. */
  readonly children?: ReactNode;
}

/**
 * Gives defaults to every hook below. Headers merge by name, a hook's own options win, and nested
 * providers inherit. Callbacks are called before those of the hook: one place for logging.
 *
 * @example
 * let token = '';
 * async function refresh() {
 *   token = await (await fetch('/api/token')).text();
 * }
 * function SignedIn({ children }: { children: ReactNode }) {
 *   return (
 *     <StreamConfig headers={() => ({ authorization: `Bearer ${token}` })} onUnauthorized={refresh}>
 *       {children}
 *     </StreamConfig>
 *   );
 * }
 */
export function StreamConfig({ children, ...own }: StreamConfigProps): ReactNode {
  checkOptions(own);
  const outer = useContext(StreamContext);
  const latest = useLatest(own);
  const refreshes = own.onUnauthorized !== undefined;
  // One function for the life of the provider: it is the scope of the single flight.
  const onUnauthorized = useMemo<StreamOptions['onUnauthorized']>(
    () => (refreshes ? (error) => latest.current.onUnauthorized?.(error) : undefined),
    [refreshes, latest],
  );
  const given = { ...own, onUnauthorized };
  const config = outer === null ? given : outer(given, true);
  const complete = (of: StreamDefaults, retries: boolean) => merge(config, of, retries);
  return <StreamContext.Provider value={complete}>{children}</StreamContext.Provider>;
}

/**
 * Completes options with those of a provider: the inner ones win, headers merge by name, callbacks of
 * the provider come first.
 */
function merge(config: StreamDefaults, own: StreamDefaults, retries: boolean): StreamDefaults {
  const hasRetry = own.retry !== false && (retries || own.retry !== undefined);
  const credentials = own.withCredentials === undefined ? config.credentials : undefined;
  const environment = own.environment ?? config.environment;
  const reporter = environment ?? defaultEnvironment;
  return {
    ...own,
    environment,
    fetch: own.fetch ?? config.fetch,
    credentials: own.credentials ?? credentials,
    retry: hasRetry ? { ...config.retry, ...defined(own.retry || {}) } : own.retry,
    headers: combineHeaders(config.headers, own.headers),
    onUnauthorized: own.onUnauthorized ?? config.onUnauthorized,
    onOpen: inTurn(reporter, config.onOpen, own.onOpen),
    onChunk: inTurn(reporter, config.onChunk, own.onChunk),
    onError: inTurn(reporter, config.onError, own.onError),
    onStatusChange: inTurn(reporter, config.onStatusChange, own.onStatusChange),
    onMessage: inTurn<[never]>(reporter, config.onMessage, own.onMessage),
  };
}

/** An option that is `undefined` is not given. */
function defined<TOptions extends object>(options: TOptions): TOptions {
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  // Leaving out what is `undefined` does not change the type.
  return Object.fromEntries(given) as TOptions;
}

/** One callback after the other; a throw of the first is reported and does not stop the second. */
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
