/** Options of {@link readStream}: what to do with a body, and when to stop. */
export interface ReadStreamOptions {
  /** Stops reading and cancels the body. */
  readonly signal: AbortSignal;
  /**
   * Receives every chunk as the network gave it. While the promise it returns is pending, nothing
   * more is read, so the sender feels backpressure.
   */
  readonly onChunk: (bytes: Uint8Array) => void | Promise<void>;
}

/**
 * The core stream reader: one plain loop over `reader.read()`.
 *
 * Resolves at the end of the body and when the signal aborts; rejects with what the transport or
 * `onChunk` threw. On every way out the body is cancelled or finished and its lock released.
 */
export async function readStream(
  body: ReadableStream<Uint8Array>,
  { signal, onChunk }: ReadStreamOptions,
): Promise<void> {
  const reader = body.getReader();
  // Asking the signal itself, twice per chunk, took a tenth of the time of small chunks (Node 20).
  let isAborted = signal.aborted;
  // A fetch cancels its own body on abort; a body that a mock or a wrapper made may not.
  const cancel = () => void reader.cancel(signal.reason).catch(() => {});
  const abort = () => {
    isAborted = true;
    cancel();
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    for (;;) {
      if (isAborted) return;
      const { done, value } = await reader.read();
      if (done || isAborted) return;
      const pending = onChunk(value);
      // Awaiting nothing would cost every chunk a turn of the microtask queue.
      if (pending !== undefined) await pending;
    }
  } catch (error) {
    if (!isAborted) {
      cancel();
      throw error;
    }
  } finally {
    signal.removeEventListener('abort', abort);
    if (isAborted) cancel();
    reader.releaseLock();
  }
}
