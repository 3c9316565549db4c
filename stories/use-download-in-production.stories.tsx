import type { Meta } from '@storybook/react-vite';
import { expect, fn, waitFor } from 'storybook/test';
import { FileRequests } from './demos/file-requests.tsx';
import { showSource } from './example-source.ts';
import { BackgroundDownload } from './examples/background-download.tsx';
import { DownloadButton } from './examples/download-button.tsx';
import { DownloadQueue } from './examples/download-queue.tsx';
import { askedBy, barIn, type FileArgs, type FileStory, untilUnderWay } from './file-story.ts';
import { statsOf, withStreamId } from './isolated-stream.tsx';
import { patiently } from './play-support.ts';

const meta = {
  title: 'useDownload/In production',
  decorators: [withStreamId],
  argTypes: { url: { description: 'Where the file is', control: 'text' } },
  parameters: {
    docs: {
      description: {
        component:
          'What a download meets once it is deployed: connections that drop, files that change, bodies ' +
          'that end too early, pages that are left, many files. Each story shows a file to copy.',
      },
    },
  },
} satisfies Meta<FileArgs>;

export default meta;

/** The connection breaks once. With `retry` the download continues by itself from where it was. */
export const Dropped: FileStory = {
  name: 'Dropped and resumed',
  args: {
    url: './api/files/levels.csv?drop=100000&interval=60',
    retry: { baseDelayMs: 1000 },
    onError: fn(),
  },
  render: (args) => (
    <>
      <FileRequests url={args.url} />
      <DownloadButton {...args} />
    </>
  ),
  parameters: showSource('download-button'),
  play: async ({ args, canvas, canvasElement, userEvent, step }) => {
    await step('The drop is reported, and will be mended', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Download' }));
      await waitFor(() => expect(args.onError).toHaveBeenCalledOnce(), patiently);
      await expect(args.onError).toHaveBeenCalledWith(
        expect.objectContaining({ name: 'StreamError' }),
        expect.objectContaining({ willRetry: true }),
      );
    });

    await step('It continues with the next byte, and loads none twice', async () => {
      await canvas.findByText('240 kB of 240 kB (100%)', {}, patiently);
      const [first, second, ...others] = await askedBy(canvasElement);
      await expect(first).toEqual({ range: 'bytes=0-', ifRange: '', status: 206 });
      await expect(second).toMatchObject({ ifRange: '"version-1"', status: 206 });
      const from = Number(/\d+/.exec(second?.range ?? '')?.[0]);
      await expect(from).toBeGreaterThan(0);
      await expect(from).toBeLessThanOrEqual(100_000);
      await expect(others).toEqual([]);
      await expect(canvas.queryByText(/^It started over/)).toBeNull();
      await expect(canvas.queryByRole('alert')).toBeNull();
    });
  },
};

/**
 * The file changes during the pause. The rest would not fit, so the download visibly starts over.
 */
export const FileChanged: FileStory = {
  name: 'File changed during a pause',
  args: { url: './api/files/levels.csv?changes' },
  render: (args) => (
    <>
      <FileRequests url={args.url} />
      <DownloadButton {...args} />
    </>
  ),
  parameters: showSource('download-button'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const restarted = 'It started over: the part that was here could not be continued.';

    await step('Paused under way', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Download' }));
      await untilUnderWay(canvasElement);
      await userEvent.click(canvas.getByRole('button', { name: 'Pause' }));
      await expect(canvas.queryByText(restarted)).toBeNull();
    });

    await step('Resumed, it gets the new file from its first byte, and says so', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Resume' }));
      await canvas.findByText(restarted, {}, patiently);
      await canvas.findByText('240 kB of 240 kB (100%)', {}, patiently);
      const [first, second, ...others] = await askedBy(canvasElement);
      await expect(first?.status).toBe(206);
      await expect(second).toMatchObject({ ifRange: '"version-1"', status: 200 });
      await expect(others).toEqual([]);
    });
  },
};

/**
 * The body ends before its declared length: `failed`, and what has arrived is not offered as the
 * file.
 */
export const Truncated: FileStory = {
  name: 'Truncated file',
  args: { url: './api/files/levels.csv?ranges=none&truncate=100000&interval=40', resumable: false },
  render: (args) => <DownloadButton {...args} />,
  parameters: showSource('download-button'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    await step('Half a file is never taken for a whole one', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Download' }));
      const alert = await canvas.findByRole('alert', {}, patiently);
      await expect(alert).toHaveTextContent(/^The body ended after \d+ of 240000 bytes\.$/);
      await expect(canvas.getByRole('status')).toHaveTextContent('Failed');
      await expect(barIn(canvasElement).position).toBeLessThan(0.5);
      await expect(canvas.getByRole('button', { name: 'Save' })).toBeDisabled();
    });

    await step('It can be tried again', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Download' }));
      await waitFor(async () => expect((await statsOf(canvasElement)).requests).toBe(2), patiently);
      await canvas.findByRole('alert', {}, patiently);
    });
  },
};

/** There is no such file. The error page is not saved in its place. */
export const NotFound: FileStory = {
  name: '404',
  args: { url: './api/files/nothing.csv' },
  render: (args) => <DownloadButton {...args} />,
  parameters: showSource('download-button'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    await step('It fails with what the server said, and repeats nothing', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Download' }));
      const alert = await canvas.findByRole('alert', {}, patiently);
      await expect(alert).toHaveTextContent(/^The server answered with status 404\.$/);
      await expect(canvas.getByRole('status')).toHaveTextContent('Failed');
      await expect(barIn(canvasElement).position).toBe(0);
      await expect(canvas.getByRole('button', { name: 'Save' })).toBeDisabled();
      await expect((await statsOf(canvasElement)).requests).toBe(1);
    });
  },
};

/**
 * One progress bar for three files. Every byte counts the same, so a large file moves it further.
 */
export const ThreeFiles: FileStory = {
  name: 'Three files, one bar',
  args: { url: './api/files?chunk=10000&interval=60' },
  render: ({ url }) => {
    const [path, query] = url.split('?');
    const listed = (name: string, size: number) => {
      return { url: `${path}/${name.toLowerCase()}.csv?${query}`, name, size };
    };
    return (
      <DownloadQueue
        files={[listed('Gauges', 60_000), listed('Levels', 240_000), listed('Soundings', 420_000)]}
      />
    );
  },
  parameters: showSource('download-queue'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const all = canvas.getByRole<HTMLProgressElement>('progressbar', { name: /^All files/ });
    const weights = { Gauges: 60_000, Levels: 240_000, Soundings: 420_000 };
    const weighted = () =>
      Object.entries(weights).reduce(
        (sum, [name, size]) => sum + size * barIn(canvasElement, name).position,
        0,
      );

    await step('The size of all is known before the first request', async () => {
      await expect([all.value, all.max]).toEqual([0, 720_000]);
      await expect((await statsOf(canvasElement)).requests).toBe(0);
    });

    await step('A small file that is done moves the bar by its bytes', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Download all' }));
      await waitFor(() => {
        expect(barIn(canvasElement, 'Gauges').position).toBe(1);
        expect(barIn(canvasElement, 'Levels').position).toBeGreaterThan(0);
        expect(barIn(canvasElement, 'Soundings').position).toBe(0);
        expect(Math.abs(all.value - weighted())).toBeLessThan(1000);
        expect(all.position).toBeLessThan(0.5);
      }, patiently);
      await expect((await statsOf(canvasElement)).open).toBeLessThanOrEqual(1);
    });

    await step('At the end all of them are there, one request each', async () => {
      await waitFor(() => expect(all.value).toBe(720_000), patiently);
      await expect(canvas.getByText(/^All files/)).toHaveTextContent('0.72 MB of 0.72 MB');
      await waitFor(async () => {
        const { requests, open } = await statsOf(canvasElement);
        expect({ requests, open }).toEqual({ requests: 3, open: 0 });
      }, patiently);
    });
  },
};

/**
 * The component is unmounted and shown again. The download was created outside it, so it
 * continues.
 */
export const Background: FileStory = {
  name: 'Continues while unmounted',
  args: { url: './api/files/soundings.csv?chunk=6000&interval=90' },
  render: (args) => <BackgroundDownload {...args} />,
  parameters: showSource('background-download'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const leave = () => userEvent.click(canvas.getByRole('button', { name: 'Leave' }));
    const comeBack = () => userEvent.click(canvas.getByRole('button', { name: 'Come back' }));
    let before = 0;

    await step('Left under way, it is still being sent', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Download' }));
      await untilUnderWay(canvasElement);
      before = barIn(canvasElement).position;
      await leave();
      await expect(canvas.queryByRole('progressbar')).toBeNull();
      await expect((await statsOf(canvasElement)).open).toBe(1);
    });

    await step('Shown again, the bar stands where the download is', async () => {
      await comeBack();
      await expect(barIn(canvasElement).position).toBeGreaterThanOrEqual(before);
      await waitFor(() => expect(barIn(canvasElement).position).toBeGreaterThan(before), patiently);
    });

    await step('It ends while nobody looks, and can be saved', async () => {
      await leave();
      await waitFor(async () => expect((await statsOf(canvasElement)).open).toBe(0), patiently);
      await comeBack();
      await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('done'), patiently);
      await expect(barIn(canvasElement).position).toBe(1);
      await expect(canvas.getByRole('button', { name: 'Save' })).toBeEnabled();
      await expect((await statsOf(canvasElement)).requests).toBe(1);
    });
  },
};
