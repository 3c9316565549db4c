import { createContext } from 'react';
import type { RetryOptions, StreamOptions } from '../core/types.ts';

/** What the options of a hook and the defaults of a provider have in common. */
export interface StreamDefaults
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
  readonly retry?: RetryOptions | false | undefined;
  /** The messages of a hook are of a narrower type than those of a provider. */
  readonly onMessage?: ((message: never) => void) | undefined;
  readonly withCredentials?: boolean | undefined;
}

/**
 * Completes the options of a hook with those of the providers above it; `null` where there is none.
 * The merging lives with the provider: an application without one does not load it.
 */
export const StreamContext: React.Context<
  ((own: StreamDefaults, retries: boolean) => StreamDefaults) | null
> = createContext<((own: StreamDefaults, retries: boolean) => StreamDefaults) | null>(null);
