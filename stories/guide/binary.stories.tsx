import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, waitFor } from 'storybook/test';
import { showSource } from '../example-source.ts';
import { BinaryEvents } from '../examples/binary-events.tsx';
import { FileSlices } from '../examples/file-slices.tsx';
import { statsOf, withStreamId } from '../isolated-stream.tsx';
import { patiently } from '../play-support.ts';

const meta = {
  title: 'Guides/Binary over a text stream',
  tags: ['!autodocs'],
  decorators: [withStreamId],
  argTypes: { url: { description: 'Where the stream comes from', control: 'text' } },
} satisfies Meta<{ url: string }>;

export default meta;

type Story = StoryObj<{ url: string }>;

/** The colours of the upper left pixel and of one in the middle, from one look at the picture. */
function pixelsOf(canvasElement: HTMLElement): string[] {
  const canvas = canvasElement.querySelector('canvas');
  const pixels = canvas?.getContext('2d')?.getImageData(0, 0, 16, 16).data;
  return [0, 8].map((place) => `${pixels?.slice(4 * 17 * place, 4 * 17 * place + 4)}`);
}

/** The last frame of the ripple, as the server makes it. */
function lastPixels(moment: number): string[] {
  return [0, 8].map((place) => {
    const height = Math.sin(Math.hypot(place - 7.5, place - 7.5) - moment / 2);
    return `${Uint8ClampedArray.of(40 + 30 * height, 120 + 60 * height, 190 + 50 * height, 255)}`;
  });
}

const playFrames = (ratio: RegExp): NonNullable<Story['play']> =>
  async function play({ canvas, canvasElement }) {
    await waitFor(
      () => expect(canvas.getAllByRole('status')[0]).toHaveTextContent('done'),
      patiently,
    );
    await canvas.findByText(ratio);
    await canvas.findByText(/\b12 frames/);
    const [painted, expected] = [pixelsOf(canvasElement), lastPixels(11)];
    for (const [index, pixel] of painted.entries()) {
      const [channels, wanted] = [pixel, expected[index] ?? ''].map((text) =>
        text.split(',').map(Number),
      );
      // A pixel is a whole number; whether it was rounded or cut makes one of difference.
      channels?.forEach((channel, place) => {
        expect(Math.abs(channel - (wanted?.[place] ?? Number.NaN))).toBeLessThanOrEqual(1);
      });
    }
  };

/** Four characters for three bytes. */
export const Base64: Story = {
  name: 'Base64',
  args: { url: './api/frames?form=base64&count=12' },
  render: (args) => <BinaryEvents {...args} />,
  parameters: showSource('binary-events'),
  play: playFrames(/1024 bytes came as 1368 characters: 1\.34 times/),
};

/** What `JSON.stringify` makes of a Buffer in Node: every byte a number. */
export const BufferAsJson: Story = {
  name: 'Buffer as JSON',
  args: { url: './api/frames?form=buffer&count=12' },
  render: (args) => <BinaryEvents {...args} />,
  parameters: showSource('binary-events'),
  play: playFrames(/1024 bytes came as \d{4} characters: 3\.\d\d times/),
};

/** A file in 24 slices, one after the other. */
export const Slices: Story = {
  name: 'File in slices',
  args: { url: './api/file-slices?interval=60' },
  render: (args) => <FileSlices {...args} />,
  parameters: showSource('file-slices'),
  play: async ({ canvas, step }) => {
    await step('The file is whole, and is the picture', async () => {
      await canvas.findByText(/^24 of 24 slices, \d+ bytes, sent twice: 0$/, {}, patiently);
      const picture = await canvas.findByRole<HTMLImageElement>('img', {}, patiently);
      await waitFor(() => expect(picture.naturalWidth).toBeGreaterThan(0));
      const link = canvas.getByRole<HTMLAnchorElement>('link', { name: 'Save river.svg' });
      const text = await (await fetch(link.href)).text();
      await expect(text).toMatch(/^<svg .*<\/svg>$/);
    });
  },
};

/** Out of order, every fifth slice twice, and a connection that breaks: the same file. */
export const DisorderedSlices: Story = {
  name: 'Out of order, twice, and dropped',
  args: { url: './api/file-slices?interval=60&order=shuffled&repeat=5&drop=10' },
  render: (args) => <FileSlices {...args} />,
  parameters: showSource('file-slices'),
  play: async ({ canvas, canvasElement, step }) => {
    await step('Every slice finds its place, and what came twice counts once', async () => {
      await canvas.findByText(/^24 of 24 slices, \d+ bytes, sent twice: 4$/, {}, patiently);
      await canvas.findByText(/attempt 2/);
      const link = await canvas.findByRole<HTMLAnchorElement>('link', {}, patiently);
      await waitFor(() => expect(link.href).toMatch(/^blob:/));
      await expect(await (await fetch(link.href)).text()).toMatch(/^<svg .*<\/svg>$/);
    });

    await step('The second request went on after the tenth event', async () => {
      await expect((await statsOf(canvasElement)).lastEventIds).toEqual(['', '10']);
    });
  },
};

/** One slice never comes. Only the count of all slices can tell. */
export const MissingSlice: Story = {
  name: 'A slice is missing',
  args: { url: './api/file-slices?interval=60&lose=7' },
  render: (args) => <FileSlices {...args} />,
  parameters: showSource('file-slices'),
  play: async ({ canvas }) => {
    await waitFor(
      () => expect(canvas.getByRole('alert')).toHaveTextContent('Ended with 1 missing.'),
      patiently,
    );
    await expect(canvas.getByText(/^23 of 24 slices/)).toBeInTheDocument();
    await expect(canvas.queryByRole('link')).toBeNull();
  },
};
