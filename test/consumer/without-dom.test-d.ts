/** What a server and a worker write with the core, where there is no `window` and no `document`. */
import {
  createDownload,
  createEventSource,
  createStreamingFetch,
  each,
  isStreamError,
  readStream,
} from 'rivulet/core';

interface Ask {
  prompt: string;
}

export async function readAll(ask: Ask): Promise<number> {
  let count = 0;
  const lengths = createEventSource('https://host.test/', {
    parse: each(({ data }) => [data.length]),
    onOpen: (response) => void response.headers.get('date'),
  });
  for await (const { value } of lengths) count += value;
  const answer = createStreamingFetch('https://host.test/', { body: ask, framing: 'bytes' });
  const parts: ReturnType<Uint8Array['slice']>[] = [];
  for await (const { value } of answer) parts.push(value);
  const ended = await answer.start();
  if (ended.status === 'failed' && isStreamError(ended.error)) throw ended.error;
  const signal = AbortSignal.timeout(1000);
  const file = await createDownload('https://host.test/', { as: 'bytes', signal }).start();
  return count + new Blob(parts).size + (file.result?.byteLength ?? 0);
}

export const pieces: readonly unknown[] = [readStream];
