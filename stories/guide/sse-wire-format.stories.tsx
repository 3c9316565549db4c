import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, within } from 'storybook/test';
import { WireEditor } from '../demos/wire-editor.tsx';

const meta = {
  title: 'Guides/SSE wire format',
  component: WireEditor,
  tags: ['!autodocs'],
  // Nothing goes over a wire here.
  parameters: { wire: 'none' },
} satisfies Meta<typeof WireEditor>;

export default meta;

type Story = StoryObj<typeof meta>;

/** The rows of a table as texts, its head left out. */
function rowsOf(canvas: ReturnType<typeof within>, table: string): string[][] {
  const rows = within(canvas.getByRole('table', { name: table }))
    .getAllByRole('row')
    .slice(1);
  return rows.map((row) => [...row.children].map((cell) => cell.textContent ?? ''));
}

/** Type a raw event stream and see its messages. */
export const Editor: Story = {
  args: { preset: 'kinds' },
  play: async ({ canvas, userEvent, step }) => {
    await step('A stream becomes a comment, a reconnection time and three messages', async () => {
      await expect(rowsOf(canvas, 'What the reader gets')).toEqual([
        ['comment', 'welcome', '–'],
        ['retry', 'wait 3000 ms before connecting again', '–'],
        ['message', 'first', '1'],
        ['price', '{"symbol":"RVLT","price":101.5}', '2'],
        ['message', 'two lines⏎\nof one message', '2'],
      ]);
      await expect(canvas.getByRole('status')).toHaveTextContent(/^3 messages$/);
    });

    await step('What is typed appears at once, when a blank line ends it', async () => {
      const raw = canvas.getByLabelText('Raw stream: change it');
      await userEvent.clear(raw);
      await userEvent.type(raw, 'event: note{Enter}data: typed{Enter}');
      await expect(canvas.getByRole('status')).toHaveTextContent(
        '0 messages, and one that no blank line has ended',
      );
      await userEvent.type(raw, '{Enter}');
      await expect(rowsOf(canvas, 'What the reader gets')).toEqual([['note', 'typed', 'none']]);
    });
  },
};

/** The same bytes, cut anywhere, are the same messages. */
export const CutAnywhere: Story = {
  name: 'Cut anywhere',
  args: { preset: 'letters' },
  play: async ({ canvas, userEvent, step }) => {
    const status = canvas.getByRole('status');
    const received = canvas.getByRole('slider');

    await step('Byte by byte, the message is there with its last byte and not before', async () => {
      await userEvent.clear(canvas.getByLabelText('Bytes in a chunk'));
      await userEvent.type(canvas.getByLabelText('Bytes in a chunk'), '1');
      await userEvent.click(canvas.getByRole('button', { name: 'From the start' }));
      const total = Number(received.getAttribute('max'));
      await expect(total).toBe(new TextEncoder().encode('data: é 日 🎉\n\n').length);
      for (let count = 1; count < total; count += 1) {
        await userEvent.click(canvas.getByRole('button', { name: 'Next chunk' }));
        await expect(status).toHaveTextContent(/^0 messages/);
      }
      await userEvent.click(canvas.getByRole('button', { name: 'Next chunk' }));
      await expect(rowsOf(canvas, 'What the reader gets')).toEqual([
        ['message', 'é 日 🎉', 'none'],
      ]);
      await expect(canvas.getByRole('button', { name: 'Next chunk' })).toBeDisabled();
    });

    await step('Every other cut gives the same', async () => {
      const summary = canvas.getByText(/ways give the same messages/).textContent ?? '';
      const [same, tried] = (summary.match(/\d+/g) ?? []).map(Number);
      await expect(tried).toBe(Number(received.getAttribute('max')));
      await expect(same).toBe(tried);
    });
  },
};

/** Bare characters are no messages: every line is a field without a known name. */
export const WithoutData: Story = {
  name: 'Characters without data:',
  args: { preset: 'bare' },
  play: async ({ canvas }) => {
    await expect(rowsOf(canvas, 'What the reader gets')).toEqual([['Nothing.']]);
    const [first] = rowsOf(canvas, 'Line by line');
    await expect(first).toEqual([
      'Hello, this is',
      'Ignored: no field has this name. Text needs “data:” before it.',
    ]);
  },
};

/** Without the blank line a message never ends, and at the end of the stream it is discarded. */
export const BlankLineForgotten: Story = {
  name: 'Blank line forgotten',
  args: { preset: 'forgotten' },
  play: async ({ canvas, userEvent }) => {
    await expect(rowsOf(canvas, 'What the reader gets')).toEqual([['Nothing.']]);
    await canvas.findByText(/If the stream ends here, it is discarded/);
    const raw = canvas.getByLabelText('Raw stream: change it');
    await userEvent.click(raw);
    await userEvent.keyboard('{Control>}{End}{/Control}{Enter}');
    await expect(rowsOf(canvas, 'What the reader gets')).toEqual([
      ['message', 'one⏎\ntwo⏎\nthree', 'none'],
    ]);
  },
};

/** All beginnings of the list, chosen by name, and what a reader makes of them. */
export const AllBeginnings: Story = {
  name: 'All beginnings',
  args: { preset: 'kinds' },
  play: async ({ canvas, userEvent, step }) => {
    const choose = (name: string) =>
      userEvent.selectOptions(canvas.getByLabelText('Begin with'), name);
    const expected: Record<string, string[][]> = {
      'Data of several lines': [
        ['message', 'first line⏎\n⏎\nthird line', 'none'],
        ['message', 'broken', 'none'],
      ],
      'An id and no data': [
        ['message', 'a', '41'],
        ['id only', 'no message', '42'],
        ['message', 'b', '42'],
        ['message', 'c', 'none'],
      ],
      'An end without data': [
        ['message', 'last', 'none'],
        ['end', 'empty', 'none'],
      ],
      'Spaces and capitals': [
        ['message', 'no space', 'none'],
        ['message', ' two spaces', 'none'],
      ],
      'A retry that is not a number': [['retry', 'wait 5000 ms before connecting again', '–']],
      Heartbeats: [
        ['comment', 'empty', '–'],
        ['comment', 'still here', '–'],
        ['message', 'at last', 'none'],
        ['comment', 'empty', '–'],
      ],
      'Lines that end in CRLF': [
        ['message', 'one', 'none'],
        ['message', 'two', 'none'],
      ],
      'A byte order mark': [['message', 'one', 'none']],
    };
    for (const [name, rows] of Object.entries(expected)) {
      await step(name, async () => {
        await choose(name);
        await expect(rowsOf(canvas, 'What the reader gets')).toEqual(rows);
        const dispatched = rowsOf(canvas, 'Line by line').filter(([, meaning]) =>
          meaning?.includes('the message is complete'),
        );
        const messages = Number.parseInt(canvas.getByRole('status').textContent ?? '', 10);
        await expect(dispatched).toHaveLength(messages);
      });
    }
  },
};
