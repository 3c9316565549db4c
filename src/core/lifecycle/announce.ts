import { type Environment, isolate } from '../environment.ts';
import type { StreamError } from '../errors.ts';
import type { Status, StreamOptions } from '../types.ts';
import type { LifecycleState } from './transition.ts';
import type { ChangeCause } from './types.ts';

/** Calls the callbacks that all hooks have in common, each isolated from the rest. */
export interface Announcer {
  /** The state was set: `onStatusChange`, then `onOpen` or `onError`. */
  changed(state: LifecycleState, cause?: ChangeCause): void;
  /** An error after which the lifecycle goes on as it was. */
  report(error: StreamError, willRetry: boolean): void;
  chunk(bytes: Uint8Array, loaded: number): void;
  /** Says nothing from now on; returns the status that callbacks know of. */
  silence(): Status;
  /** Takes over from an announcer that fell silent, and from what it said last. */
  goOnFrom(status: Status): void;
}

/** What an announcer asks of its controller. */
export interface AnnouncerHost {
  readonly environment: Environment;
  options(): StreamOptions;
  state(): LifecycleState;
}

/** Makes the announcer of a controller. */
export function createAnnouncer(host: AnnouncerHost): Announcer {
  const { environment, options } = host;
  let told: Status = 'idle';
  let isSilent = false;

  function tellError(error: StreamError, willRetry: boolean, nextRetryAt: number | null): void {
    const { onError } = options();
    if (onError !== undefined) {
      isolate(environment, onError, error, { willRetry, nextRetryAt });
    }
  }

  return {
    changed(state, cause) {
      if (isSilent) return;
      const previous = told;
      told = state.status;
      const { onStatusChange } = options();
      if (onStatusChange !== undefined && told !== previous) {
        isolate(environment, onStatusChange, state.status, previous);
      }
      if (cause === undefined) return;
      // The callback may have stopped what was to come.
      const stillHolds = host.state() === state;
      if ('error' in cause) {
        const willRetry = cause.info.willRetry && stillHolds;
        tellError(cause.error, willRetry, willRetry ? cause.info.nextRetryAt : null);
      } else if (stillHolds) {
        const { onOpen } = options();
        if (onOpen !== undefined) isolate(environment, onOpen, cause.response);
      }
    },
    report(error, willRetry) {
      if (!isSilent) tellError(error, willRetry, null);
    },
    chunk(bytes, loaded) {
      const { onChunk } = options();
      if (onChunk !== undefined) isolate(environment, onChunk, bytes, { loaded });
    },
    silence() {
      isSilent = true;
      return told;
    },
    goOnFrom(status) {
      told = status;
    },
  };
}
