import type { Meta } from '@storybook/react-vite';
import { expect, waitFor } from 'storybook/test';
import { catchHints, givesHints } from '../console-hints.ts';
import { ProgressFacts } from '../demos/progress-facts.tsx';
import { showSource } from '../example-source.ts';
import { SaveToDisk } from '../examples/save-to-disk.tsx';
import { barIn, type FileArgs, type FileStory, LEVELS_SIZE, untilUnderWay } from '../file-story.ts';
import { statsOf, withStreamId } from '../isolated-stream.tsx';
import { patiently } from '../play-support.ts';

const meta = {
  title: 'Guides/Download progress',
  // The page of these stories is the guide.
  tags: ['!autodocs'],
  decorators: [withStreamId],
  argTypes: { url: { description: 'Where the file is', control: 'text' } },
} satisfies Meta<FileArgs>;

export default meta;

/**
 * Choose what the server says about the size, and watch the fields of the result while it loads.
 */
export const Totals: FileStory = {
  name: 'Totals and their sources',
  args: { url: './api/files/levels.csv?chunk=8000&interval=60' },
  render: ({ url }) => <ProgressFacts url={url} />,
  beforeEach: catchHints,
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const status = canvas.getByRole('status');
    const field = (name: string) =>
      canvas.getByRole('row', { name: new RegExp(`^${name} `) }).lastElementChild?.textContent;

    async function download(server: RegExp) {
      const option = canvas.getByRole<HTMLOptionElement>('option', { name: server });
      await userEvent.selectOptions(canvas.getByLabelText('The server sends'), option);
      await userEvent.click(canvas.getByRole('button', { name: 'Download' }));
      await waitFor(() => expect(field('loaded')).toMatch(/^[1-9]/), patiently);
      const underWay = { total: field('total'), source: field('totalSource') };
      await waitFor(() => expect(status).toHaveTextContent('done'), patiently);
      return underWay;
    }

    await step('A total is shown only where one is known', async () => {
      const known = (source: string) => ({ total: '240,000', source });
      await expect(await download(/^a Content-Length/)).toEqual(known('content-length'));
      await expect(await download(/^a part/)).toEqual(known('content-range'));
      await expect(await download(/X-File-Size/)).toEqual(known('size-header'));
      await expect(await download(/240_000/)).toEqual(known('expected'));
      await expect(await download(/^gzip$/)).toEqual({ total: 'null', source: 'null' });
      await expect(barIn(canvasElement).position).toBe(1);
      await expect([field('total'), field('totalSource')]).toEqual(['240,000', 'loaded']);
    });

    await step('A wrong expectation is dropped, and development says so', async () => {
      await expect(await download(/wrong/)).toEqual({ total: '100,000', source: 'expected' });
      await expect([field('total'), field('totalSource')]).toEqual(['240,000', 'loaded']);
      const hint = expect.stringContaining('more bytes of');
      if (givesHints) await expect(console.warn).toHaveBeenCalledWith(hint);
      else await expect(console.warn).not.toHaveBeenCalled();
    });
  },
};

/** Straight to disk: the page holds none of the file. */
export const SavedToDisk: FileStory = {
  name: 'Straight to disk',
  args: { url: './api/files/levels.csv?chunk=8000&interval=60' },
  render: ({ url }) => <SaveToDisk url={url} />,
  parameters: showSource('save-to-disk'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const status = canvas.getByRole('status');

    await step('Cancelled, it ends here and at the server', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Save to disk' }));
      await untilUnderWay(canvasElement);
      await userEvent.click(canvas.getByRole('button', { name: 'Cancel' }));
      await expect(status).toHaveTextContent('aborted');
      await waitFor(async () => expect((await statsOf(canvasElement)).open).toBe(0), patiently);
    });

    await step('Done, all of it is in the file', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Save to disk' }));
      await canvas.findByText(/The file on disk has 240.000 bytes\./, {}, patiently);
      await expect(status).toHaveTextContent('done');
      const folder = await navigator.storage.getDirectory();
      const file = await (await folder.getFileHandle('levels.csv')).getFile();
      await expect(file.size).toBe(LEVELS_SIZE);
      await expect((await file.text()).slice(0, 13)).toBe('row,river,lev');
    });
  },
};
