import axios from 'axios';
import ky from 'ky';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import useDownloader from 'react-use-downloader';
import { type DownloadSink, useDownload } from 'rivulet';

interface DownloadProps {
  readonly url: string;
  /** All came: as a Blob, or as a number of bytes where nothing was kept. */
  readonly onEnd: (received: Blob | number) => void;
  readonly onFail: (reason: unknown) => void;
}

type Downloader = (props: DownloadProps) => ReactNode;

function Progress({ value }: { readonly value: number | null | undefined }) {
  return <progress value={value ?? undefined} />;
}

/** A download by one function, with its progress as state. */
function withProgress(
  download: (url: string, onProgress: (part: number) => void) => Promise<Blob | number>,
): Downloader {
  return function WithProgress({ url, onEnd, onFail }) {
    const [part, setPart] = useState(0);
    useEffect(() => {
      download(url, setPart).then(onEnd, onFail);
    }, [url, onEnd, onFail]);
    return <Progress value={part} />;
  };
}

/** Hands over every chunk of a body, with the part that has come. */
async function read(
  url: string,
  onChunk: (chunk: Uint8Array<ArrayBuffer>, part: number) => void,
): Promise<number> {
  const { body, headers } = await fetch(url);
  if (body === null) throw new Error('The answer has no body.');
  const total = Number(headers.get('content-length'));
  let loaded = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return loaded;
    loaded += value.length;
    onChunk(value, loaded / total);
  }
}

const ReaderLoop = withProgress((url, onProgress) => read(url, (_, part) => onProgress(part)));

const Chunks = withProgress(async (url, onProgress) => {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  await read(url, (chunk, part) => {
    chunks.push(chunk);
    onProgress(part);
  });
  return new Blob(chunks);
});

const PlainBlob = withProgress(async (url) => (await fetch(url)).blob());

const Ky = withProgress((url, onProgress) =>
  ky(url, { timeout: false, onDownloadProgress: ({ percent }) => onProgress(percent) }).blob(),
);

const Axios = withProgress(async (url, onProgress) => {
  const { data } = await axios.get<Blob>(url, {
    responseType: 'blob',
    onDownloadProgress: ({ progress = 0 }) => onProgress(progress),
  });
  return data;
});

/** It saves what it loaded; the Blob is caught on its way. */
function ReactUseDownloader({ url, onEnd, onFail }: DownloadProps) {
  const { percentage, download, error } = useDownloader();
  const start = useRef(download);
  useEffect(() => {
    const createObjectURL = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (blob) => {
      URL.createObjectURL = createObjectURL;
      if (blob instanceof Blob) onEnd(blob);
      return createObjectURL(blob);
    };
    void start.current(url, NAME);
  }, [url, onEnd]);
  useEffect(() => {
    if (error) onFail(new Error(error.errorMessage));
  }, [error, onFail]);
  return <Progress value={percentage / 100} />;
}

function RivuletBlob({ url, onEnd, onFail }: DownloadProps) {
  const { progress, status, result, error, start } = useDownload(url);
  useEffect(() => void start(), [start]);
  useEffect(() => {
    if (status === 'done') onEnd(result);
    if (status === 'failed') onFail(error);
  }, [status, result, error, onEnd, onFail]);
  return <Progress value={progress} />;
}

interface SinkProps extends DownloadProps {
  readonly saveTo: () => DownloadSink | Promise<DownloadSink>;
  /** What the sink holds in the end; `undefined` where it keeps nothing. */
  readonly saved: () => Promise<Blob | undefined>;
}

function ToSink({ url, onEnd, onFail, saveTo, saved }: SinkProps) {
  const { progress, status, loaded, error, start } = useDownload(url, { saveTo });
  useEffect(() => void start(), [start]);
  useEffect(() => {
    if (status === 'done') saved().then((blob) => onEnd(blob ?? loaded), onFail);
    if (status === 'failed') onFail(error);
  }, [status, loaded, error, saved, onEnd, onFail]);
  return <Progress value={progress} />;
}

const NAME = 'file.bin';

async function newFile(): Promise<FileSystemFileHandle> {
  const folder = await navigator.storage.getDirectory();
  // There is room for one of them.
  await folder.removeEntry(NAME).catch(() => {});
  return folder.getFileHandle(NAME, { create: true });
}

async function contentOfFile(): Promise<File> {
  const folder = await navigator.storage.getDirectory();
  return (await folder.getFileHandle(NAME)).getFile();
}

const discard = () => new WritableStream<Uint8Array>();
const nothing = async () => undefined;

/** Who can be asked for, by the name that the tables show. */
export const downloaders: ReadonlyMap<string, Downloader> = new Map<string, Downloader>([
  ['rivulet', RivuletBlob],
  ['rivulet, sink', (props) => <ToSink {...props} saveTo={discard} saved={nothing} />],
  ['rivulet, file', (props) => <ToSink {...props} saveTo={newFile} saved={contentOfFile} />],
  ['reader loop', ReaderLoop],
  ['response.blob()', PlainBlob],
  ['chunks, then Blob', Chunks],
  ['react-use-downloader', ReactUseDownloader],
  ['ky', Ky],
  ['axios', Axios],
]);
