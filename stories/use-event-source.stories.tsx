import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, waitFor } from 'storybook/test';
import { showSource } from './example-source.ts';
import { CharacterStream } from './examples/character-stream.tsx';
import { EventFeed } from './examples/event-feed.tsx';
import { PostSubscription } from './examples/post-subscription.tsx';
import { ReconnectingFeed } from './examples/reconnecting-feed.tsx';
import { UnavailableThenBack } from './examples/unavailable-then-back.tsx';
import { statsOf, withStreamId } from './isolated-stream.tsx';
import { consecutive, numbersIn, patiently } from './play-support.ts';

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
    const seconds = () =>
      [...events.querySelectorAll('li')].map((item) => Number(item.textContent.slice(3)));

    await step('It connects, opens, and events arrive in order', async () => {
      await waitFor(() => expect(status).toHaveTextContent('open'), patiently);
      await canvas.findByText('1 OPEN');
      await expect(changes).toHaveTextContent('connecting → open');
      await waitFor(() => expect(seconds().length).toBeGreaterThan(1), patiently);
      const seen = seconds();
      await expect(seen).toEqual(consecutive(seen[0], seen.length));
    });

    await step('Close ends it, at the server too', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Close' }));
      await waitFor(() => expect(status).toHaveTextContent('aborted'));
      await canvas.findByText('2 CLOSED');
      await expect(canvas.getByRole('button', { name: 'Close' })).toBeDisabled();
      await waitFor(async () => expect((await statsOf(canvasElement)).open).toBe(0), patiently);
    });

    await step('Reconnect continues after the last event', async () => {
      const last = seconds().at(-1) ?? 0;
      await userEvent.click(canvas.getByRole('button', { name: 'Reconnect' }));
      await waitFor(() => expect(status).toHaveTextContent('open'), patiently);
      await expect(changes).toHaveTextContent(
        'open → abortedaborted → connectingconnecting → open',
      );
      await waitFor(() => expect(seconds().at(-1)).toBeGreaterThan(last), patiently);
      const seen = seconds();
      await expect(seen).toEqual(consecutive(seen[0], seen.length));
      await expect((await statsOf(canvasElement)).lastEventIds).toEqual(['', `${last}`]);
    });
  },
};

/**
 * Events named `lol`, one character each, put together by `reduce` until an `end` event arrives.
 */
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

/**
 * The server drops the connection after every four events. Each attempt resumes, so none is lost.
 */
export const DroppedConnections: Story = {
  name: 'Dropped connections',
  args: { url: './api/flaky?every=4&interval=300&retry=800' },
  render: (args) => <ReconnectingFeed {...args} />,
  parameters: showSource('reconnecting-feed'),
  play: async ({ canvas, canvasElement, step }) => {
    const status = canvas.getByRole('status');
    const log = canvas.getByRole('log', { name: 'Numbers received' });
    const numbers = () => numbersIn(log.textContent);
    const attempt = () => Number(canvas.getByText('Attempt').nextElementSibling?.textContent);
    const secondsLeft = () => Number.parseFloat(canvas.getByRole('timer').textContent.slice(-5));

    await step('Every four events the connection is dropped', async () => {
      // Read at one moment: a slow machine may find a later drop than the first.
      const dropped = await waitFor(() => {
        expect(status).toHaveTextContent('waiting');
        return { numbers: numbers(), attempt: attempt(), secondsLeft: secondsLeft() };
      }, patiently);
      await expect(dropped.numbers).toEqual(consecutive(1, 4 * dropped.attempt));
      await expect(dropped.secondsLeft).toBeGreaterThan(0);
      await waitFor(() => expect(secondsLeft()).toBeLessThan(dropped.secondsLeft), patiently);
    });

    await step('After two drops every number is there, once and in order', async () => {
      await waitFor(() => expect(numbers().at(-1)).toBeGreaterThan(8), patiently);
      const received = numbers();
      await expect(received).toEqual(consecutive(received[0], received.length));
      await expect(attempt()).toBeGreaterThanOrEqual(3);
      await expect(canvas.getByText('Gaps').nextElementSibling).toHaveTextContent('none');
      const { lastEventIds } = await statsOf(canvasElement);
      await expect(lastEventIds.slice(0, 3)).toEqual(['', '4', '8']);
    });
  },
};

/**
 * HTTP 503 with `Retry-After`: the example shows the answer, counts down the wait, and then the
 * stream opens.
 */
export const UnavailableAtFirst: Story = {
  name: 'Unavailable at first',
  args: { url: './api/unavailable?failures=2&retry_after=1' },
  render: (args) => <UnavailableThenBack {...args} />,
  parameters: showSource('unavailable-then-back'),
  play: async ({ canvas, canvasElement, step }) => {
    const status = canvas.getByRole('status');

    await step('The refusal is shown with its body, and a countdown', async () => {
      await waitFor(() => {
        expect(status).toHaveTextContent('waiting');
        expect(canvas.getByRole('alert')).toHaveTextContent(
          'The server answered 503. Down for a moment, back soon.',
        );
        expect(canvas.getByRole('timer')).toHaveTextContent(/Next attempt in \d\.\d s/);
      }, patiently);
    });

    await step('It tries again by itself until the server is back', async () => {
      await waitFor(() => expect(status).toHaveTextContent('open'), patiently);
      await canvas.findByText(/attempt 3$/);
      await expect(canvas.queryByRole('alert')).toBeNull();
      await expect(canvas.queryByRole('timer')).toBeNull();
      await canvas.findByText(/Last event: number \d+/, {}, patiently);
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
