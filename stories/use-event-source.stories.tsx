import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, waitFor } from 'storybook/test';
import { showSource } from './example-source.ts';
import { CharacterStream } from './examples/character-stream.tsx';
import { EventFeed } from './examples/event-feed.tsx';
import { PostSubscription } from './examples/post-subscription.tsx';
import { ReconnectingFeed } from './examples/reconnecting-feed.tsx';
import { UnavailableThenBack } from './examples/unavailable-then-back.tsx';
import { statsOf, withStreamId } from './isolated-stream.tsx';

const meta = {
  title: 'useEventSource',
  decorators: [withStreamId],
  argTypes: { url: { description: 'Where the stream comes from', control: 'text' } },
  parameters: {
    docs: {
      description: {
        component:
          'A live subscription: Server-Sent Events over fetch, with reconnection and resumption. ' +
          'Each story shows a file that you can copy into your app as it is.',
      },
    },
  },
} satisfies Meta<{ url: string }>;

export default meta;

type Story = StoryObj<{ url: string }>;

/** Streams take the time they take, and a busy machine adds to it. */
const patiently = { timeout: 20_000 };

/** The numbers in a text, in order. */
const numbersIn = (element: HTMLElement) => (element.textContent.match(/\d+/g) ?? []).map(Number);

/** The numbers from 1 to a last one. */
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

/** The status and `readyState` of a connection as they change, and how to close and reopen it. */
export const FirstConnection: Story = {
  name: 'First connection',
  args: { url: './api/clock?interval=700' },
  render: (args) => <EventFeed {...args} />,
  parameters: showSource('event-feed'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const status = canvas.getByRole('status');
    const events = canvas.getByRole('log', { name: 'Events' });
    const changes = canvas.getByRole('log', { name: 'Changes of the status' });

    await step('It connects, opens, and events arrive in order', async () => {
      await waitFor(() => expect(status).toHaveTextContent('open'), patiently);
      await canvas.findByText('1 OPEN');
      await expect(changes).toHaveTextContent('connecting → open');
      await canvas.findByText('00:01', {}, patiently);
      await waitFor(() => expect(events).toHaveTextContent('00:0100:02'), patiently);
    });

    await step('Close ends it, at the server too', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Close' }));
      await waitFor(() => expect(status).toHaveTextContent('aborted'));
      await canvas.findByText('2 CLOSED');
      await expect(canvas.getByRole('button', { name: 'Close' })).toBeDisabled();
      await waitFor(async () => expect((await statsOf(canvasElement)).open).toBe(0), patiently);
    });

    await step('Reconnect goes on after the last event', async () => {
      const last = events.querySelectorAll('li').length;
      await userEvent.click(canvas.getByRole('button', { name: 'Reconnect' }));
      await waitFor(() => expect(status).toHaveTextContent('open'), patiently);
      await expect(changes).toHaveTextContent(
        'open → abortedaborted → connectingconnecting → open',
      );
      await canvas.findByText(`00:0${last + 1}`, {}, patiently);
      await expect((await statsOf(canvasElement)).lastEventIds).toEqual(['', `${last}`]);
    });
  },
};

/** Events named `lol`, one character each, put together by `reduce` until an `end` event. */
export const NamedEvents: Story = {
  name: 'Named events',
  args: { url: './api/named' },
  render: (args) => <CharacterStream {...args} />,
  parameters: showSource('character-stream'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const whole = 'Streams tell their story one letter at a time. ♪';
    const status = canvas.getByRole('status');
    const quote = canvasElement.querySelector('blockquote');
    const text = () => quote?.textContent ?? '';

    await step('The text grows while the stream is open', async () => {
      await waitFor(() => expect(text()).toMatch(/^S/), patiently);
      await expect(status).toHaveTextContent('open');
      const early = text();
      await waitFor(() => expect(text().length).toBeGreaterThan(early.length), patiently);
      await expect(whole.startsWith(early) && whole.startsWith(text())).toBe(true);
    });

    await step('The end event ends it with the whole text, after one request', async () => {
      await waitFor(() => expect(status).toHaveTextContent('done'), patiently);
      await expect(text()).toBe(whole);
      await canvas.findByText(`${[...whole].length} characters`, { exact: false });
      await expect((await statsOf(canvasElement)).requests).toBe(1);
    });

    await step('Start again begins with an empty text', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Start again' }));
      await expect(text().length).toBeLessThan(whole.length);
      await waitFor(() => expect(text()).toMatch(/^Str/), patiently);
      await waitFor(() => expect(status).toHaveTextContent('done'), patiently);
      await expect(text()).toBe(whole);
      await expect((await statsOf(canvasElement)).lastEventIds).toEqual(['', '']);
    });
  },
};

/** A server that drops the connection every four events. Each attempt resumes, so none is lost. */
export const DroppedConnections: Story = {
  name: 'Dropped connections',
  args: { url: './api/flaky?every=4&interval=300&retry=800' },
  render: (args) => <ReconnectingFeed {...args} />,
  parameters: showSource('reconnecting-feed'),
  play: async ({ canvas, canvasElement, step }) => {
    const status = canvas.getByRole('status');
    const numbers = canvas.getByRole('log', { name: 'Numbers received' });
    const attempt = () => Number(canvas.getByText('Attempt').nextElementSibling?.textContent);

    await step('The first connection is dropped after four events', async () => {
      await waitFor(() => expect(numbersIn(numbers)).toEqual(upTo(4)), patiently);
      await waitFor(() => expect(status).toHaveTextContent('waiting'), patiently);
      await expect(attempt()).toBe(1);
    });

    await step('A countdown runs down to the next attempt', async () => {
      const left = () => Number.parseFloat(canvas.getByRole('timer').textContent.slice(-5));
      const first = left();
      await expect(first).toBeGreaterThan(0);
      await waitFor(() => expect(left()).toBeLessThan(first), patiently);
      await canvas.findByText('event 4');
    });

    await step('After two drops every number is there, once and in order', async () => {
      await waitFor(() => expect(numbersIn(numbers).length).toBeGreaterThan(8), patiently);
      const received = numbersIn(numbers);
      await expect(received).toEqual(upTo(received.length));
      await expect(attempt()).toBeGreaterThanOrEqual(3);
      await expect(canvas.getByText('Gaps').nextElementSibling).toHaveTextContent('none');
      await expect((await statsOf(canvasElement)).lastEventIds.slice(0, 3)).toEqual(['', '4', '8']);
    });
  },
};

/** HTTP 503 with `Retry-After`: the answer is shown, the wait counted down, and the stream opens. */
export const UnavailableAtFirst: Story = {
  name: 'Unavailable at first',
  args: { url: './api/unavailable?failures=2&retry_after=1' },
  render: (args) => <UnavailableThenBack {...args} />,
  parameters: showSource('unavailable-then-back'),
  play: async ({ canvas, canvasElement, step }) => {
    const status = canvas.getByRole('status');

    await step('The refusal is shown with its body, and a countdown', async () => {
      await expect(await canvas.findByRole('alert', {}, patiently)).toHaveTextContent(
        'The server answered 503. Down for a moment, back soon.',
      );
      await waitFor(() => expect(status).toHaveTextContent('waiting'), patiently);
      await expect(canvas.getByRole('timer')).toHaveTextContent(/Next attempt in \d\.\d s/);
    });

    await step('It tries again by itself until the server is back', async () => {
      await waitFor(() => expect(status).toHaveTextContent('open'), patiently);
      await canvas.findByText(/attempt 3$/);
      await expect(canvas.queryByRole('alert')).toBeNull();
      await expect(canvas.queryByRole('timer')).toBeNull();
      await canvas.findByText('Received so far: 2 events.', {}, patiently);
      await expect((await statsOf(canvasElement)).requests).toBe(3);
    });
  },
};

/** A POST with a JSON body and headers. It is sent once for each question, and ends as `done`. */
export const PostWithHeaders: Story = {
  name: 'POST with headers',
  args: { url: './api/prompt' },
  render: (args) => <PostSubscription {...args} />,
  parameters: showSource('post-subscription'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const status = canvas.getByRole('status');
    const answer = canvas.getByRole('log', { name: 'Answer' });

    await step('Nothing is sent before a question is asked', async () => {
      await expect(status).toHaveTextContent('idle');
      await expect((await statsOf(canvasElement)).requests).toBe(0);
    });

    await step('The server receives method, headers and body', async () => {
      await userEvent.type(canvas.getByLabelText('Question'), 'Where do rivers go?');
      await userEvent.click(canvas.getByRole('button', { name: 'Ask' }));
      const received = canvasElement.querySelector('pre');
      await waitFor(() => expect(received).toHaveTextContent('POST'), patiently);
      const echo: unknown = JSON.parse(received?.textContent ?? '');
      await expect(echo).toEqual({
        method: 'POST',
        headers: expect.objectContaining({
          'content-type': expect.stringContaining('application/json'),
          authorization: 'Bearer demo',
          'x-client': 'rivulet',
        }),
        body: '{"prompt":"Where do rivers go?"}',
      });
    });

    await step('The answer arrives word by word, and ends', async () => {
      await waitFor(() => expect(answer).toHaveTextContent(/^You asked/), patiently);
      await waitFor(() => expect(status).toHaveTextContent('done'), patiently);
      await expect(answer).toHaveTextContent(
        'You asked: "Where do rivers go?". A good question has 19 letters.',
      );
      await expect((await statsOf(canvasElement)).requests).toBe(1);
    });
  },
};
