import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, waitFor, within } from 'storybook/test';
import { givesHints } from '../console-hints.ts';
import { BrokenServer } from '../demos/broken-server.tsx';
import { withStreamId } from '../isolated-stream.tsx';
import { patiently } from '../play-support.ts';

const meta = {
  title: 'Guides/Troubleshooting',
  tags: ['!autodocs'],
  decorators: [withStreamId],
  argTypes: { url: { description: 'Where the stream comes from', control: 'text' } },
  render: (args) => <BrokenServer {...args} />,
} satisfies Meta<{ url: string }>;

export default meta;

type Story = StoryObj<{ url: string }>;

const logIn = (canvasElement: HTMLElement, name: string) =>
  within(canvasElement).getByRole('log', { name });

/** In development the hint, and in production that there is none. */
async function expectHint(canvasElement: HTMLElement, hint: RegExp): Promise<void> {
  const hints = logIn(canvasElement, 'What development says');
  await waitFor(
    () => expect(hints).toHaveTextContent(givesHints ? hint : /^None: this page is built/),
    patiently,
  );
}

/** Waits until the server has said all it has to say. */
async function expectWire(canvasElement: HTMLElement, end: RegExp): Promise<void> {
  const wire = logIn(canvasElement, 'What came');
  await waitFor(() => expect(wire.textContent).toMatch(end), patiently);
}

/** Plain text that calls itself an event stream. Nothing is delivered, and nothing fails. */
export const NoData: Story = {
  name: 'Characters without data:',
  args: { url: './api/broken/no-data' },
  play: async ({ canvasElement, step }) => {
    await step('The text arrives, but is not a message', async () => {
      await expectWire(canvasElement, /^Step 1 of the job is done\.\n.*Step 4/s);
      await expect(logIn(canvasElement, 'What was delivered')).toHaveTextContent('Nothing.');
    });
    await step('The hint quotes it', () =>
      expectHint(canvasElement, /is not an event stream, it starts with "Step 1 .* write `data:`/),
    );
  },
};

/** Fields without a blank line are one message that never ends. */
export const NoBlankLine: Story = {
  name: 'A blank line forgotten',
  args: { url: './api/broken/no-blank-line' },
  play: async ({ canvasElement, step }) => {
    await step('The lines come, and no message', async () => {
      await expectWire(canvasElement, /^data: Step 1\n.*data: Step 4\n/s);
      await expect(logIn(canvasElement, 'What was delivered')).toHaveTextContent('Nothing.');
    });
    await step('The hint names the blank line', () =>
      expectHint(canvasElement, /has fields but no message.*A message ends at a blank line/),
    );
  },
};

/** The messages are good, but the end is a line that is no field, so the client reconnects. */
export const BareEnd: Story = {
  name: 'end as a bare line',
  args: { url: './api/broken/bare-end' },
  play: async ({ canvas, canvasElement, step }) => {
    await step('The messages arrive, and the end is not heard', async () => {
      await expectWire(canvasElement, /data: Step 4\n\nend\n\n/);
      await canvas.findByText(/attempt 2/, {}, patiently);
      await expect(canvas.getByRole('status')).not.toHaveTextContent('done');
    });
    await step('The hint says how an end is said', () =>
      expectHint(canvasElement, /ends with "end", which is ignored/),
    );
  },
};

/** Nothing for a while, then everything at once. Emulated: here the demo server itself waits. */
export const HeldBack: Story = {
  name: 'A buffering proxy',
  args: { url: './api/broken/held-back' },
  play: async ({ canvas, canvasElement, step }) => {
    await step('All messages are there, late', async () => {
      await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('done'), patiently);
      await canvas.findByText(/12 messages/);
      await expect(logIn(canvasElement, 'What was delivered')).toHaveTextContent(/Step 12$/);
    });
    await step('The hint names what may hold them back', () =>
      expectHint(canvasElement, /silent for over 2 s.*X-Accel-Buffering: no/),
    );
  },
};
