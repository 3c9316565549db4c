import type { Meta } from '@storybook/react-vite';
import { expect, fn, spyOn, waitFor } from 'storybook/test';
import { FileRequests } from './demos/file-requests.tsx';
import { showSource } from './example-source.ts';
import { DownloadButton } from './examples/download-button.tsx';
import {
  askedBy,
  barIn,
  type FileArgs,
  type FileStory,
  LEVELS_SIZE,
  untilUnderWay,
} from './file-story.ts';
import { statsOf, withStreamId } from './isolated-stream.tsx';
import { patiently } from './play-support.ts';

const meta = {
  title: 'useDownload',
  decorators: [withStreamId],
  argTypes: { url: { description: 'Where the file is', control: 'text' } },
  parameters: {
    docs: {
      description: {
        component:
          'One file with honest progress: a total only where it is known, pause and resume, and saving ' +
          'under the name that the server gave. Each story shows a file that you can copy.',
      },
    },
  },
} satisfies Meta<FileArgs>;

export default meta;

/**
 * The server sends the size, so there is a percentage, a rate and the time left. 100% means that
 * everything has arrived.
 */
export const KnownSize: FileStory = {
  name: 'Known size',
  args: { url: './api/files/levels.csv?chunk=6000' },
  render: (args) => <DownloadButton {...args} />,
  parameters: showSource('download-button'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const status = canvas.getByRole('status');

    await step('It waits to be asked', async () => {
      await expect(status).toHaveTextContent('Not started');
      await expect(barIn(canvasElement).position).toBe(0);
      await expect((await statsOf(canvasElement)).requests).toBe(0);
    });

    await step('Under way it tells share, rate and time left', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Download' }));
      await untilUnderWay(canvasElement);
      await canvas.findByText(/^\d+(\.\d+)? kB of 240 kB \([1-9]?\d%\)$/);
      await canvas.findByText(/^\d+(\.\d+)? kB\/s$/, {}, patiently);
      await canvas.findByText(/^\d+ seconds? left$/, {}, patiently);
      await expect(canvas.getByRole('button', { name: 'Save' })).toBeDisabled();
    });

    await step('At the end it is whole, after one request', async () => {
      await waitFor(() => expect(status).toHaveTextContent('Complete'), patiently);
      await expect(barIn(canvasElement).position).toBe(1);
      await canvas.findByText('240 kB of 240 kB (100%)');
      await expect(canvas.queryByText(/left$/)).toBeNull();
      await expect(await askedBy(canvasElement)).toEqual([
        { range: 'bytes=0-', ifRange: '', status: 206 },
      ]);
    });
  },
};

/**
 * No length, as with a file that is generated while it is sent: the bar moves without claiming
 * anything.
 */
export const UnknownSize: FileStory = {
  name: 'Unknown size',
  args: {
    url: './api/files/levels.csv?ranges=none&length=none&chunk=8000',
    resumable: false,
    onProgress: fn(),
  },
  render: (args) => <DownloadButton {...args} />,
  parameters: showSource('download-button'),
  play: async ({ args, canvas, canvasElement, userEvent, step }) => {
    await step('The bar is indeterminate, the bytes are counted', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Download' }));
      await canvas.findByText(/^[1-9]\d*(\.\d+)? kB of an unknown size$/, {}, patiently);
      await expect(barIn(canvasElement)).not.toHaveAttribute('value');
      await canvas.findByText(/kB\/s$/, {}, patiently);
      await expect(canvas.queryByText(/left$/)).toBeNull();
    });

    await step('At the end it is known how much it was', async () => {
      await canvas.findByText('240 kB of 240 kB (100%)', {}, patiently);
      await expect(barIn(canvasElement).position).toBe(1);
      await expect(args.onProgress).not.toHaveBeenCalledWith(
        expect.objectContaining({ total: expect.any(Number) }),
      );
    });
  },
};

/**
 * A `Content-Length` that counts compressed bytes says nothing about the bytes that the page
 * receives, so it is not used as the total. (The answers of a service worker are never decoded: in
 * the static build of these pages the demo server sends the headers and the decoded bytes that a
 * page would see.)
 */
export const Gzip: FileStory = {
  name: 'gzip without a size header',
  args: {
    url: './api/files/levels.csv?encoding=gzip&chunk=8000',
    resumable: false,
    onProgress: fn(),
  },
  render: (args) => <DownloadButton {...args} />,
  parameters: showSource('download-button'),
  play: async ({ args, canvas, canvasElement, userEvent, step }) => {
    await step('The bar claims nothing', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Download' }));
      await canvas.findByText(/^[1-9]\d*(\.\d+)? kB of an unknown size$/, {}, patiently);
      await expect(barIn(canvasElement).position).toBe(-1);
    });

    await step('All decoded bytes arrive, and no false total was shown on the way', async () => {
      await canvas.findByText('240 kB of 240 kB (100%)', {}, patiently);
      await expect(args.onProgress).toHaveBeenCalled();
      await expect(args.onProgress).not.toHaveBeenCalledWith(
        expect.objectContaining({ total: expect.any(Number) }),
      );
    });
  },
};

/**
 * The server sends the decoded size in a header of its own, so the total is right from the start.
 */
export const GzipWithSizeHeader: FileStory = {
  name: 'gzip with a size header',
  args: {
    url: './api/files/levels.csv?encoding=gzip&sized&chunk=8000',
    resumable: false,
    sizeHeader: 'X-File-Size',
    onProgress: fn(),
  },
  render: (args) => <DownloadButton {...args} />,
  parameters: showSource('download-button'),
  play: async ({ args, canvas, canvasElement, userEvent, step }) => {
    await step('The share is known while it is under way', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Download' }));
      await untilUnderWay(canvasElement);
    });

    await step('The total was the same true one all along', async () => {
      await canvas.findByText('240 kB of 240 kB (100%)', {}, patiently);
      const progress = { total: LEVELS_SIZE, totalSource: 'size-header' };
      await expect(args.onProgress).toHaveBeenCalledWith(expect.objectContaining(progress));
      await expect(args.onProgress).not.toHaveBeenCalledWith(
        expect.objectContaining({ total: null }),
      );
    });
  },
};

/**
 * Pausing keeps what has arrived and closes the connection. Resuming requests the rest by its
 * range.
 */
export const PauseAndResume: FileStory = {
  name: 'Pause and resume',
  args: { url: './api/files/levels.csv?chunk=6000' },
  render: (args) => (
    <>
      <FileRequests url={args.url} />
      <DownloadButton {...args} />
    </>
  ),
  parameters: showSource('download-button'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const status = canvas.getByRole('status');
    let kept = 0;

    await step('Paused, it keeps what came, and nothing is being sent', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Download' }));
      await untilUnderWay(canvasElement);
      await userEvent.click(canvas.getByRole('button', { name: 'Pause' }));
      await expect(status).toHaveTextContent('Paused');
      kept = Math.round(barIn(canvasElement).position * LEVELS_SIZE);
      await waitFor(async () => expect((await statsOf(canvasElement)).open).toBe(0), patiently);
    });

    await step('Resumed, it asks for the rest of the same file', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Resume' }));
      await waitFor(() => expect(status).toHaveTextContent('Complete'), patiently);
      await expect(await askedBy(canvasElement)).toEqual([
        { range: 'bytes=0-', ifRange: '', status: 206 },
        { range: `bytes=${kept}-`, ifRange: '"version-1"', status: 206 },
      ]);
      await canvas.findByText('240 kB of 240 kB (100%)');
      await expect(canvas.queryByText(/^It started over/)).toBeNull();
    });
  },
};

/**
 * Cancelling stops the download at once, also at the server. Another click starts from the first
 * byte.
 */
export const Cancel: FileStory = {
  args: { url: './api/files/levels.csv?chunk=6000' },
  render: (args) => <DownloadButton {...args} />,
  parameters: showSource('download-button'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const status = canvas.getByRole('status');

    await step('Cancelling is not an error, and the server stops sending', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Download' }));
      await untilUnderWay(canvasElement);
      await userEvent.click(canvas.getByRole('button', { name: 'Cancel' }));
      await expect(status).toHaveTextContent('Cancelled');
      await expect(canvas.queryByRole('alert')).toBeNull();
      await expect(canvas.getByRole('button', { name: 'Save' })).toBeDisabled();
      await waitFor(async () => expect((await statsOf(canvasElement)).open).toBe(0), patiently);
    });

    await step('Asked again, it begins at the first byte', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Download' }));
      await waitFor(() => expect(status).toHaveTextContent('Complete'), patiently);
      await expect((await askedBy(canvasElement)).map(({ range }) => range)).toEqual([
        'bytes=0-',
        'bytes=0-',
      ]);
    });
  },
};

/** The file is saved under the name in `Content-Disposition`, in whatever script it is written. */
export const SaveWithServerName: FileStory = {
  name: 'Save under the server’s name',
  args: { url: './api/files/levels.csv?chunk=20000' },
  render: (args) => <DownloadButton {...args} />,
  parameters: showSource('download-button'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const name = 'Pegelstände “Rhein” 2026 🌊.csv';
    // The play function clicks no link that would leave a file on the visitor's disk.
    const links: HTMLAnchorElement[] = [];
    const click = spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
      this: HTMLAnchorElement,
    ) {
      links.push(this);
    });

    await step('The name is shown once the server has given it', async () => {
      await canvas.findByText('File');
      await userEvent.click(canvas.getByRole('button', { name: 'Download' }));
      await canvas.findByText(name, {}, patiently);
      await expect(barIn(canvasElement)).toHaveAccessibleName(name);
    });

    await step('Save offers the whole file under it', async () => {
      const save = canvas.getByRole('button', { name: 'Save' });
      await waitFor(() => expect(save).toBeEnabled(), patiently);
      await expect(links).toHaveLength(0);
      await userEvent.click(save);
      await expect(links.map((link) => link.download)).toEqual([name]);
      const file = await (await fetch(links[0]?.href ?? '')).blob();
      await expect(file.size).toBe(LEVELS_SIZE);
      // WebKit drops the parameters of a Blob's type when its URL is fetched.
      await expect(file.type).toMatch(/^text\/csv(; charset=utf-8)?$/);
    });
    click.mockRestore();
  },
};
