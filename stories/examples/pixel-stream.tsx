'use client';

import { type ComponentProps, useRef } from 'react';
import { useStreamingFetch } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

interface PixelStreamProps {
  url?: string;
  /** Width and height of the picture, in pixels. */
  size?: number;
}

/** Paints raw pixels as their bytes arrive. */
export function PixelStream({ url = '/api/picture', size = 128 }: PixelStreamProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const picture = useRef({ pixels: new Uint8ClampedArray(), length: 0 });
  const { status, bytesReceived, error, start } = useStreamingFetch(url, {
    framing: 'bytes',
    maxMessages: 1, // the pixels are kept by us
    onMessage: ({ value }) => {
      const { pixels, length } = picture.current;
      pixels.set(value, length);
      picture.current.length = length + value.length;
      canvas.current?.getContext('2d')?.putImageData(new ImageData(pixels, size), 0, 0);
    },
  });
  const load = () => {
    picture.current = { pixels: new Uint8ClampedArray(4 * size * size), length: 0 };
    void start();
  };
  return (
    <section aria-label="Pixel stream">
      <p>
        <Button onClick={load}>Load the picture</Button>
      </p>
      <p>
        Status <output>{status}</output> {bytesReceived} of {4 * size * size} bytes
      </p>
      <canvas
        ref={canvas}
        width={size}
        height={size}
        style={{ inlineSize: '16rem', maxInlineSize: '100%', imageRendering: 'pixelated' }}
      >
        A sun over water.
      </canvas>
      {error !== null && <p role="alert">{error.message}</p>}
    </section>
  );
}
