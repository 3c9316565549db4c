/** A large file over HTTP, with its progress followed, by one of those who can. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { core } from './core.mjs';
import { processorTime } from './measure.mjs';

/**
 * Downloads; says how far it is, and gives how many bytes there are in the end.
 *
 * @typedef {(url: string, onProgress: (loaded: number) => void) => Promise<number>} Downloader
 */

/** @param {Response} response */
function chunksOf({ body }) {
  if (body === null) throw new Error('The response has no body.');
  return body;
}

/**
 * Reads a body in a plain loop.
 *
 * @param {string} url
 * @param {(loaded: number) => void} onProgress
 * @param {(chunk: Uint8Array<ArrayBuffer>) => void} take
 */
async function readAll(url, onProgress, take) {
  const reader = chunksOf(await fetch(url)).getReader();
  let loaded = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return loaded;
    loaded += value.length;
    take(value);
    onProgress(loaded);
  }
}

/** @type {Record<string, Downloader>} */
const DOWNLOADERS = {
  async 'rivulet into a sink'(url, onProgress) {
    let written = 0;
    const saveTo = new WritableStream({
      write(bytes) {
        written += bytes.length;
      },
    });
    const job = core.createDownload(url, {
      saveTo,
      onProgress: ({ loaded }) => onProgress(loaded),
    });
    const { status, error } = await job.start();
    if (status !== 'done') throw error;
    return written;
  },

  async 'rivulet, a Blob'(url, onProgress) {
    const job = core.createDownload(url, { onProgress: ({ loaded }) => onProgress(loaded) });
    const snapshot = await job.start();
    if (snapshot.status !== 'done') throw snapshot.error;
    return snapshot.result.size;
  },

  'reader loop': (url, onProgress) => readAll(url, onProgress, () => {}),

  async 'chunks, then a Blob'(url, onProgress) {
    /** @type {Uint8Array<ArrayBuffer>[]} */
    const chunks = [];
    await readAll(url, onProgress, (chunk) => void chunks.push(chunk));
    return new Blob(chunks).size;
  },

  async 'response.blob()'(url, onProgress) {
    const { size } = await (await fetch(url)).blob();
    onProgress(size);
    return size;
  },

  async ky(url, onProgress) {
    const { default: ky } = await import('ky');
    const blob = await ky(url, {
      timeout: false,
      onDownloadProgress: ({ transferredBytes }) => onProgress(transferredBytes),
    }).blob();
    return blob.size;
  },

  async axios(url, onProgress) {
    const { default: axios } = await import('axios');
    const { data } = await axios.get(url, {
      responseType: 'arraybuffer',
      onDownloadProgress: ({ loaded }) => onProgress(loaded),
    });
    return data.length;
  },
};

/** Enough to see that all bytes come. */
const VERIFIED_BYTES = 16 * 1024 * 1024;

/** @param {{ downloader: string, bytes: number }} options */
export async function download({ downloader, bytes }) {
  const get = DOWNLOADERS[downloader];
  if (get === undefined) throw new Error(`Nobody downloads like ${downloader}.`);
  const server = fork(fileURLToPath(new URL('file-server.mjs', import.meta.url)), { execArgv: [] });
  const [{ port }] = await once(server, 'message');
  const follow = async (/** @type {number} */ size) => {
    let last = 0;
    const received = await get(`http://127.0.0.1:${port}/${size}`, (loaded) => {
      last = loaded;
    });
    const fault = last === received ? undefined : `its progress ended at ${last}`;
    return { expected: size, received, fault };
  };

  return {
    verify: () => follow(VERIFIED_BYTES),
    async run() {
      globalThis.gc?.();
      const before = process.memoryUsage().rss;
      /** @type {Awaited<ReturnType<typeof follow>>} */
      let answer = { expected: bytes, received: 0, fault: undefined };
      const cpu = await processorTime(async () => {
        answer = await follow(bytes);
      });
      // The highest of the whole life of the process, which is why it has but one run.
      const memory = Math.max(1, process.resourceUsage().maxRSS * 1024 - before);
      return { ...answer, costs: { cpu, memory } };
    },
  };
}
