'use client';

import { useEffect, useRef } from 'react';
import { type RawMessage, useEventSource } from 'rivulet';

type Bytes = Uint8Array<ArrayBuffer>;

/** Reads `{ index, total, name, chunk }`, where `chunk` is a Buffer as Node writes it to JSON. */
function readSlice({ data }: RawMessage) {
  const { index, total, name, chunk } = JSON.parse(data);
  if (chunk?.type !== 'Buffer') throw new TypeError('A slice has no bytes.');
  const bytes: Bytes = Uint8Array.from(chunk.data);
  return { index: Number(index), total: Number(total), name: String(name), bytes };
}

interface Slices {
  /** By number: a slice that comes twice is there once, and each in its place. */
  readonly parts: Readonly<Record<number, Bytes>>;
  readonly repeated: number;
}

type Slice = ReturnType<typeof readSlice>;

const addSlice = ({ parts, repeated }: Slices, { value }: { value: Slice }) => ({
  parts: { ...parts, [value.index]: value.bytes },
  repeated: value.index in parts ? repeated + 1 : repeated,
});

/** A file that is whole: a picture of it if it is one, and a link that saves it. */
function WholeFile({ name, parts }: { name: string; parts: Slices['parts'] }) {
  const link = useRef<HTMLAnchorElement>(null);
  const picture = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const type = name.endsWith('.svg') ? 'image/svg+xml' : 'application/octet-stream';
    const address = URL.createObjectURL(new Blob(Object.values(parts), { type }));
    link.current?.setAttribute('href', address);
    picture.current?.setAttribute('src', address);
    return () => URL.revokeObjectURL(address);
  }, [name, parts]);
  return (
    <figure style={{ margin: 0 }}>
      {name.endsWith('.svg') && <img ref={picture} alt="What came" width="240" height="135" />}
      <figcaption>
        <a ref={link} href={`#${name}`} download={name}>
          Save {name}
        </a>
      </figcaption>
    </figure>
  );
}

/** Assembles a file from numbered slices and says whether it is complete. */
export function FileSlices({ url = '/api/file-slices' }: { url?: string }) {
  const { status, attempt, state, data, error } = useEventSource(url, {
    parse: readSlice,
    reduce: addSlice,
    initialState: { parts: {}, repeated: 0 },
    maxMessages: 1, // the slices are kept in `state`
    endWhen: { event: 'end' },
    retry: { baseDelayMs: 300 },
  });
  const { name = 'the file', total = 0 } = data ?? {};
  const slices = Object.values(state.parts); // in the order of their numbers
  const missing = total - slices.length;
  return (
    <section aria-label="File in slices">
      <p>
        Status <output>{status}</output> attempt {attempt}
      </p>
      <progress
        aria-label="Slices"
        max={total || 1}
        value={slices.length}
        style={{ border: 'revert' }}
      />
      <p>
        {slices.length} of {total} slices, {slices.reduce((sum, { length }) => sum + length, 0)}{' '}
        bytes, sent twice: {state.repeated}
      </p>
      <div style={{ minBlockSize: '15rem' }}>
        {error !== null && <p role="alert">{error.message}</p>}
        {status === 'done' && missing > 0 && <p role="alert">Ended with {missing} missing.</p>}
        {status === 'done' && missing === 0 && <WholeFile name={name} parts={state.parts} />}
      </div>
    </section>
  );
}
