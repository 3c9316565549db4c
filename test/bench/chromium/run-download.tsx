import type { Root } from 'react-dom/client';
import { downloaders } from './downloads.tsx';

/** A body is loaded, with its progress shown. */
export interface DownloadTask {
  readonly downloader: string;
  readonly url: string;
}

/** What came of it. */
export interface Verdict {
  readonly received: number;
  readonly fault?: string;
}

const WORD_BYTES = Uint32Array.BYTES_PER_ELEMENT;
/** How far apart the words are that are looked at. */
const STEP = 4 * 1024 * 1024;

let content: Blob | number = 0;

/** Mounts a downloader; resolves when it has everything. */
export async function runDownload(root: Root, { downloader, url }: DownloadTask): Promise<void> {
  const Downloader = downloaders.get(downloader);
  if (Downloader === undefined) throw new Error(`There is no downloader ${downloader}.`);
  content = await new Promise((resolve, reject) => {
    root.render(<Downloader url={url} onEnd={resolve} onFail={reject} />);
  });
}

/** Looks whether every 32-bit word that it looks at is its own number; lets go of what was loaded. */
export async function judgeDownload(): Promise<Verdict> {
  const loaded = content;
  content = 0;
  if (typeof loaded === 'number') return { received: loaded };
  for (let at = 0; at < loaded.size; at += STEP) {
    const word = await loaded.slice(at, at + WORD_BYTES).arrayBuffer();
    const [number] = new Uint32Array(word);
    if (number !== at / WORD_BYTES) {
      return { received: loaded.size, fault: `the bytes at ${at} are others` };
    }
  }
  return { received: loaded.size };
}
