import { createContext, type ReactNode, useContext, useMemo } from 'react';
import type { StreamOptions } from '../core/types.ts';
import { mergeConfig, type StreamConfigOptions } from './merge-config.ts';
import { useLatest } from './use-latest.ts';

/** The props of {@link StreamConfig}. */
export interface StreamConfigProps extends StreamConfigOptions {
  /** What the defaults are for. */
  readonly children?: ReactNode;
}

const Context = createContext<StreamConfigOptions>({});

/**
 * Gives defaults to every hook below. Headers merge by name, a hook's own options win, and nested
 * providers inherit. Callbacks are called before those of the hook: one place for logging.
 *
 * @example
 * <StreamConfig headers={() => ({ authorization: `Bearer ${token()}` })} onUnauthorized={refresh}>
 *   <App />
 * </StreamConfig>
 */
export function StreamConfig({ children, ...own }: StreamConfigProps): ReactNode {
  const outer = useContext(Context);
  const latest = useLatest(own);
  const refreshes = own.onUnauthorized !== undefined;
  // One function for the life of the provider: it is the scope of the single flight.
  const onUnauthorized = useMemo<StreamOptions['onUnauthorized']>(
    () => (refreshes ? (error) => latest.current.onUnauthorized?.(error) : undefined),
    [refreshes, latest],
  );
  const merged = mergeConfig(outer, { ...own, onUnauthorized }, true);
  return <Context.Provider value={merged}>{children}</Context.Provider>;
}

/** The defaults in force for a hook. */
export function useStreamConfig(): StreamConfigOptions {
  return useContext(Context);
}
