import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, waitFor } from 'storybook/test';
import { showSource } from '../example-source.ts';
import { PostAndListen } from '../examples/post-and-listen.tsx';
import { StreamedAnswer } from '../examples/streamed-answer.tsx';
import { Ticker } from '../examples/ticker.tsx';
import { statsOf, withStreamId } from '../isolated-stream.tsx';
import { patiently } from '../play-support.ts';

const meta = {
  title: 'Guides/Choosing',
  tags: ['!autodocs'],
  decorators: [withStreamId],
  argTypes: { url: { description: 'Where the stream comes from', control: 'text' } },
} satisfies Meta<{ url: string }>;

export default meta;

type Story = StoryObj<{ url: string }>;

/** One way, without an end: a subscription by Server-Sent Events. */
export const Subscription: Story = {
  args: { url: './api/ticker?interval=400' },
  render: (args) => <Ticker {...args} />,
  parameters: showSource('ticker'),
  play: async ({ canvas, canvasElement, step }) => {
    await step('Prices come from one request that stays open', async () => {
      await canvas.findByText(/^\d{3}\.\d{2}$/, {}, patiently);
      const { requests, open } = await statsOf(canvasElement);
      await expect({ requests, open }).toEqual({ requests: 1, open: 1 });
    });
  },
};

/** One question, one answer that arrives bit by bit: a streamed fetch. */
export const Answer: Story = {
  name: 'Streamed answer',
  args: { url: './api/chat?interval=40' },
  render: (args) => <StreamedAnswer {...args} />,
  parameters: showSource('streamed-answer'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    await step('The answer ends by itself, and nothing stays open', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Ask about tides' }));
      await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('done'), patiently);
      await canvas.findByText(/You asked about “tides”.*That was all/);
      const { requests, open } = await statsOf(canvasElement);
      await expect({ requests, open }).toEqual({ requests: 1, open: 0 });
    });
  },
};

/** Both ways without a WebSocket: a POST for what goes up, one stream for what comes down. */
export const BothWays: Story = {
  name: 'Both ways',
  args: { url: './api/room' },
  render: (args) => <PostAndListen {...args} />,
  parameters: showSource('post-and-listen'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const note = canvas.getByLabelText('A note for everybody');
    const notes = canvas.getByRole('log', { name: /^Notes/ });

    await step('What goes up by POST comes down the stream', async () => {
      await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('open'), patiently);
      await userEvent.type(note, 'The ferry is late');
      await userEvent.click(canvas.getByRole('button', { name: 'Send' }));
      await waitFor(() => expect(notes).toHaveTextContent('The ferry is late'), patiently);
      await expect(note).toHaveValue('');
    });

    await step('The next one comes down the same stream', async () => {
      await userEvent.type(note, 'Now it is here{Enter}');
      await waitFor(() => expect(notes).toHaveTextContent(/late.*Now it is here/), patiently);
      // Two requests of notes, and one that has stayed open all the time.
      const { requests, open } = await statsOf(canvasElement);
      await expect({ requests, open }).toEqual({ requests: 3, open: 1 });
    });
  },
};
