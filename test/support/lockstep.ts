import type { ServerResponse } from 'node:http';

/** Server and client in step: a chunk is sent when the one before it was read. */
export interface Lockstep {
  /** To be given to the client as `onChunk`. */
  onChunk(bytes: Uint8Array): void;
  /** Sends chunks so that the client reads exactly these. */
  send(response: ServerResponse, chunks: Iterable<string | Uint8Array>): Promise<void>;
  /** The sizes of the chunks that the client read, in bytes. */
  readonly sizes: readonly number[];
}

/** Makes a {@link Lockstep} for one connection. */
export function createLockstep(): Lockstep {
  const sizes: number[] = [];
  let arrived = () => {};
  return {
    sizes,
    onChunk({ length }) {
      sizes.push(length);
      arrived();
    },
    async send(response, chunks) {
      for (const chunk of chunks) {
        const arrival = new Promise<void>((resolve) => {
          arrived = resolve;
        });
        response.write(chunk);
        await arrival;
      }
    },
  };
}
