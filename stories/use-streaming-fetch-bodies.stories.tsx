import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, waitFor, within } from 'storybook/test';
import { catchHints, givesHints } from './console-hints.ts';
import { showSource } from './example-source.ts';
import { LogLines } from './examples/log-lines.tsx';
import { NdjsonTable } from './examples/ndjson-table.tsx';
import { PixelStream } from './examples/pixel-stream.tsx';
import { RawCharacters } from './examples/raw-characters.tsx';
import { TokenBurst } from './examples/token-burst.tsx';
import { UploadWithAnswer } from './examples/upload-with-answer.tsx';
import { statsOf, withStreamId } from './isolated-stream.tsx';
import { patiently } from './play-support.ts';

const meta = {
  title: 'useStreamingFetch/Bodies',
  decorators: [withStreamId],
  argTypes: { url: { description: 'Where the request goes', control: 'text' } },
  parameters: {
    docs: {
      description: {
        component:
          'Bodies of every kind, read while they arrive: NDJSON, plain text, bytes, events, and those ' +
          'that are not what they claim to be. Each story shows a file that you can copy.',
      },
    },
  },
} satisfies Meta<{ url: string }>;

export default meta;

type Story = StoryObj<{ url: string }>;

/**
 * One JSON value per line, shown in a table while it loads. Every tenth line of this server is
 * bad.
 */
export const Ndjson: Story = {
  name: 'NDJSON with a bad line',
  args: { url: './api/rows?count=25&interval=60' },
  render: (args) => <NdjsonTable {...args} />,
  parameters: showSource('ndjson-table'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const status = canvas.getByRole('status');
    const numbers = () =>
      canvas
        .getAllByRole('row')
        .slice(1)
        .map((row) => Number(row.firstElementChild?.textContent));

    await step('Rows are there before the body has ended', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Load' }));
      await waitFor(() => expect(numbers().length).toBeGreaterThan(1), patiently);
      await expect(status).toHaveTextContent('open');
    });

    await step('A bad line is reported and costs only itself', async () => {
      await waitFor(() => expect(status).toHaveTextContent('done'), patiently);
      await canvas.findByText(/23 rows, 2 refused$/);
      await expect(numbers()).toEqual([17, 18, 19, 21, 22, 23, 24, 25]);
      const bad = within(canvas.getByRole('list', { name: 'Lines that are not JSON' }));
      const [first] = bad.getAllByRole('listitem');
      await expect(first).toHaveTextContent(/could not be parsed.*JSON/);
      await expect((await statsOf(canvasElement)).requests).toBe(1);
    });
  },
};

/** Chunks of seven bytes, cut inside lines and characters. Lines arrive whole. */
export const PlainTextLog: Story = {
  name: 'Plain-text log by lines',
  args: { url: './api/build-log?interval=60' },
  render: (args) => <LogLines {...args} />,
  parameters: showSource('log-lines'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const lines = () =>
      within(canvas.getByRole('log', { name: 'Output' }))
        .queryAllByRole('listitem')
        .map((line) => line.textContent);

    await step('Whole lines appear while the build runs', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Run the build' }));
      await waitFor(() => expect(lines()[0]).toBe('$ build --release'), patiently);
      await expect(canvas.getByRole('status')).toHaveTextContent('open');
    });

    await step('No character is split, and the end is the end of the body', async () => {
      await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('done'), patiently);
      await expect(lines()).toHaveLength(9);
      await expect(lines()[5]).toBe('Compiling délta v0.9.1 (große Änderung ✓)');
      await expect(lines()[8]).toBe('Finished in 4.2 s');
      await expect((await statsOf(canvasElement)).requests).toBe(1);
    });
  },
};

/** Raw pixels, painted as they arrive. Chunks are whatever the network makes of the body. */
export const Binary: Story = {
  name: 'Binary',
  args: { url: './api/picture?interval=15' },
  render: (args) => <PixelStream {...args} />,
  parameters: showSource('pixel-stream'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const picture = canvasElement.querySelector('canvas');
    const copy = new OffscreenCanvas(128, 128).getContext('2d', { willReadFrequently: true });
    const pixelAt = (x: number, y: number) => {
      if (picture !== null) copy?.drawImage(picture, 0, 0);
      return [...(copy?.getImageData(x, y, 1, 1).data ?? [])];
    };

    await step('The top is painted while the rest is on its way', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Load the picture' }));
      await waitFor(() => expect(pixelAt(64, 0)[3]).toBe(255), patiently);
    });

    await step('In the end every byte is in its place', async () => {
      await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('done'), patiently);
      await canvas.findByText(/65536 of 65536 bytes$/);
      await expect(pixelAt(64, 48)).toEqual([255, 214, 92, 255]);
      await expect(pixelAt(127, 127)[3]).toBe(255);
      const { requests, open } = await statsOf(canvasElement);
      await expect({ requests, open }).toEqual({ requests: 1, open: 0 });
    });
  },
};

/**
 * The server writes bare characters into an event stream. Read as events there is nothing in it,
 * and in development the console says why. With `framing: 'text'` it is readable.
 */
export const RawCharactersStory: Story = {
  name: 'Raw characters in an event stream',
  args: { url: './api/raw?interval=15' },
  render: (args) => <RawCharacters {...args} />,
  parameters: showSource('raw-characters'),
  beforeEach: catchHints,
  play: async ({ canvas, canvasElement, step }) => {
    const panel = (name: string) => within(canvas.getByRole('region', { name }));
    const quoteOf = (name: string) =>
      canvas.getByRole('region', { name }).querySelector('blockquote')?.textContent ?? '';

    await step('As text it is there, character by character', async () => {
      await waitFor(() => expect(quoteOf('Read as text')).toMatch(/^This/), patiently);
      const { findByText } = panel('Read as text');
      await findByText('done', {}, patiently);
      await expect(quoteOf('Read as text')).toMatch(/^This server writes .* nothing here\. ♪$/);
    });

    await step('As events it holds no message, and no text', async () => {
      const { findByText } = panel('Read as events');
      await findByText('done', {}, patiently);
      await findByText(/^[1-9]\d* bytes, 0 messages$/);
      await expect(quoteOf('Read as events')).toBe('');
      await expect((await statsOf(canvasElement)).requests).toBe(2);
    });

    await step('In development the console names the likely mistake', async () => {
      const hint = expect.stringMatching(/it has to write `data:`.*`framing: 'text'`/);
      if (givesHints) await expect(console.warn).toHaveBeenCalledWith(hint);
      else await expect(console.warn).not.toHaveBeenCalled();
    });
  },
};

/** 10,000 tokens in about a second. React commits at most once per frame, whatever the rate. */
export const Burst: Story = {
  name: '10,000 tokens per second',
  args: { url: './api/burst?count=10000&rate=10000' },
  render: (args) => <TokenBurst {...args} />,
  parameters: showSource('token-burst'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    await step('Every token arrives, in order', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Start the burst' }));
      await canvas.findByText(/^done$/, {}, patiently);
      await expect(canvas.getByRole('status', { name: 'Tokens' })).toHaveTextContent(/^10000$/);
      const shown = canvasElement.querySelector('pre')?.textContent.trim().split(' ') ?? [];
      await expect(shown.slice(-3)).toEqual(['9998', '9999', '10000']);
    });

    await step('React committed for a small part of them', async () => {
      const commits = Number(canvas.getByRole('status', { name: 'Commits' }).textContent);
      await expect(commits).toBeGreaterThan(3);
      await expect(commits).toBeLessThan(1000);
      await expect((await statsOf(canvasElement)).requests).toBe(1);
    });
  },
};

/** A form with a file is uploaded, and the answer streams back line by line. */
export const Upload: Story = {
  name: 'Upload with a streamed answer',
  args: { url: './api/upload?interval=120' },
  render: (args) => <UploadWithAnswer {...args} />,
  parameters: showSource('upload-with-answer'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const account = canvas.getByRole('log', { name: 'What the server found' });

    await step('The server receives the file', async () => {
      const text = 'The river rises.\nIt flows.\nIt meets the wide sea.\n';
      const file = new File([text], 'river.txt', { type: 'text/plain' });
      const input = canvas.getByLabelText<HTMLInputElement>('A text file');
      const chosen = new DataTransfer();
      chosen.items.add(file);
      input.files = chosen.files;
      await userEvent.click(canvas.getByRole('button', { name: 'Upload' }));
      await waitFor(
        () => expect(account).toHaveTextContent(`Received river.txt, ${text.length} bytes`),
        patiently,
      );
    });

    await step('Its account arrives line by line, and ends', async () => {
      await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('done'), patiently);
      const lines = within(account).getAllByRole('listitem');
      await expect(lines.map((line) => line.textContent).slice(1)).toEqual([
        'Line 1: 3 words',
        'Line 2: 2 words',
        'Line 3: 5 words',
        '10 words in 3 lines',
      ]);
      const { requests, open } = await statsOf(canvasElement);
      await expect({ requests, open }).toEqual({ requests: 1, open: 0 });
    });
  },
};
