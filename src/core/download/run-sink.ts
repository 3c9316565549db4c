import type { Sink } from './sinks.ts';

/** The sink of the present run. */
export interface RunSink {
  /** Opens a new one, at once. */
  open(): void;
  /** The one that is open. After a failure to open it, a later call tries again. */
  get(): Promise<Sink>;
  /** The run will not be complete. */
  letGo(reason: unknown): void;
}

/** Keeps one sink open, however long that takes, for all requests of a run. */
export function createRunSink(openSink: () => Promise<Sink>): RunSink {
  let sink: Promise<Sink> | null = null;
  return {
    open() {
      sink = openSink();
      // The run meets the failure when it asks for the sink.
      sink.catch(() => {});
    },
    async get() {
      const asked = (sink ??= openSink());
      try {
        return await asked;
      } catch (error) {
        if (sink === asked) sink = null;
        throw error;
      }
    },
    letGo(reason) {
      sink?.then(
        (opened) => opened.abort(reason),
        () => {},
      );
      sink = null;
    },
  };
}
