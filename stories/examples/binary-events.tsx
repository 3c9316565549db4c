'use client';

import { type ComponentProps, useRef } from 'react';
import { type RawMessage, useEventSource } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

/** Bytes of base64 text, or of the JSON that Node makes of a Buffer. */
function readBytes({ data }: RawMessage): Uint8Array {
  if (!data.startsWith('{')) return Uint8Array.from(atob(data), (byte) => byte.charCodeAt(0));
  const value = JSON.parse(data);
  if (value.type !== 'Buffer') throw new TypeError('Expected base64 or a Buffer.');
  return Uint8Array.from(value.data);
}

interface BinaryEventsProps {
  url?: string;
  /** Width and height of a frame, in pixels. */
  size?: number;
}

/** Paints pixels that arrive as text, one event per frame. */
export function BinaryEvents({ url = '/api/frames', size = 16 }: BinaryEventsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { status, state, error, close, reconnect } = useEventSource(url, {
    parse: readBytes,
    endWhen: { event: 'end' },
    maxMessages: 1,
    reduce: ({ frames }, { data, value }) => ({
      frames: frames + 1,
      characters: data.length,
      bytes: value.length,
    }),
    initialState: { frames: 0, characters: 0, bytes: 0 },
    onMessage: ({ value }) => {
      const pixels = new ImageData(new Uint8ClampedArray(value), size);
      canvas.current?.getContext('2d')?.putImageData(pixels, 0, 0);
    },
  });
  const { frames, characters, bytes } = state;
  const ratio = bytes === 0 ? '–' : (characters / bytes).toFixed(2);
  return (
    <section aria-label="Binary events">
      <p>
        Status <output>{status}</output> {frames} frames
      </p>
      <canvas
        ref={canvas}
        width={size}
        height={size}
        style={{ inlineSize: '12rem', maxInlineSize: '100%', imageRendering: 'pixelated' }}
      >
        A ripple in water.
      </canvas>
      <p>
        {bytes} bytes came as {characters} characters: {ratio} times as much.
      </p>
      <Button onClick={close} disabled={status !== 'open'}>
        Stop
      </Button>{' '}
      <Button onClick={reconnect} disabled={status === 'open'}>
        Play again
      </Button>
      {error !== null && <p role="alert">{error.message}</p>}
    </section>
  );
}
