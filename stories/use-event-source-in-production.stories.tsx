import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, waitFor, within } from 'storybook/test';
import { catchHints, givesHints } from './console-hints.ts';
import { NetworkSwitch } from './demos/network-switch.tsx';
import { RequestCounter } from './demos/request-counter.tsx';
import { showSource } from './example-source.ts';
import { ExplainedFailure } from './examples/explained-failure.tsx';
import { JobProgress } from './examples/job-progress.tsx';
import { LogTail } from './examples/log-tail.tsx';
import { OfflineAwareFeed } from './examples/offline-aware-feed.tsx';
import { RefreshedToken } from './examples/refreshed-token.tsx';
import { ResumeByQuery } from './examples/resume-by-query.tsx';
import { SharedNotifications } from './examples/shared-notifications.tsx';
import { StalledStream } from './examples/stalled-stream.tsx';
import { Ticker } from './examples/ticker.tsx';
import { ValidatedReadings } from './examples/validated-readings.tsx';
import { statsOf, withStreamId } from './isolated-stream.tsx';
import { consecutive, numbersIn, patiently } from './play-support.ts';

const meta = {
  title: 'useEventSource/In production',
  decorators: [withStreamId],
  argTypes: { url: { description: 'Where the stream comes from', control: 'text' } },
  parameters: {
    docs: {
      description: {
        component:
          'What a subscription meets once it is deployed: bad data, silence, expired tokens, wrong ' +
          'answers, streams that end, many components, no network. Each story shows a file that you can copy.',
      },
    },
  },
} satisfies Meta<{ url: string }>;

export default meta;

type Story = StoryObj<{ url: string }>;

/** Typed values from named events (`price`, `volume`, `market`), all from one JSON stream. */
export const TypedTicker: Story = {
  name: 'Ticker with typed events',
  args: { url: './api/ticker?interval=250' },
  render: (args) => <Ticker {...args} />,
  parameters: showSource('ticker'),
  play: async ({ canvas, canvasElement, step }) => {
    const line = () => canvasElement.querySelector('polyline')?.getAttribute('points') ?? '';

    await step('Each event name fills its own typed place', async () => {
      await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('open'), patiently);
      await canvas.findByText(/^\d{3}\.\d{2}$/, {}, patiently);
      await canvas.findByText(/^\d+ shares$/, {}, patiently);
      await canvas.findByText(/market (open|auction)$/, {}, patiently);
      await canvas.findByText(/^(▲ rising|▼ falling)$/);
    });

    await step('Prices alone make the line, out of one request', async () => {
      await waitFor(() => expect(line().split(' ').length).toBeGreaterThan(5), patiently);
      await expect((await statsOf(canvasElement)).requests).toBe(1);
    });
  },
};

/** JSON that is checked against a schema. A bad message is reported, and the stream continues. */
export const SchemaAndBadFrames: Story = {
  name: 'JSON with a schema and bad frames',
  args: { url: './api/invalid-json?interval=250' },
  render: (args) => <ValidatedReadings {...args} />,
  parameters: showSource('validated-readings'),
  play: async ({ canvas, canvasElement, step }) => {
    const rows = () =>
      canvas
        .getAllByRole('row')
        .slice(1)
        .map((row) => Number(row.firstElementChild?.textContent));
    const refused = canvas.getByRole('log', { name: /^Refused/ });

    await step('Good readings are shown, in order', async () => {
      await waitFor(() => expect(rows()).toContain(2), patiently);
      await expect(rows()).not.toContain(3);
    });

    await step('A frame that is cut short and one of a wrong type are refused', async () => {
      await waitFor(() => expect(refused).toHaveTextContent(/parse A message/), patiently);
      await waitFor(
        () => expect(refused).toHaveTextContent('celsius: must be a number'),
        patiently,
      );
      await expect(refused).toHaveTextContent(/invalid A message of event "message"/);
    });

    await step('The stream continues, and every third reading is missing', async () => {
      const seen = await waitFor(() => {
        const shown = rows();
        expect(shown).toHaveLength(8);
        return shown;
      }, patiently);
      const first = seen[0] ?? 0;
      await expect(seen).toEqual(
        consecutive(first, 12)
          .filter((number) => number % 3 !== 0)
          .slice(0, 8),
      );
      await expect(canvas.getByRole('status')).toHaveTextContent('open');
      await expect((await statsOf(canvasElement)).requests).toBe(1);
    });
  },
};

/**
 * A growing log: the newest 50 lines. Pausing closes the connection, and no line is missing
 * afterwards.
 */
export const LogTailStory: Story = {
  name: 'Log tail',
  args: { url: './api/log?interval=40' },
  render: (args) => <LogTail {...args} keep={50} />,
  parameters: showSource('log-tail'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const log = canvas.getByRole('log', { name: 'Log' });
    const numbers = () => [...log.children].map((line) => Number.parseInt(line.textContent, 10));

    await step('The newest 50 lines stay, older ones are dropped', async () => {
      await canvas.findByText(/50 lines shown, [1-9]\d* dropped/, {}, patiently);
      const seen = numbers();
      await expect(seen).toEqual(consecutive(seen[0], 50));
      await expect(log.scrollTop).toBeGreaterThan(0);
    });

    await step('Pause closes the connection and keeps the lines', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Pause' }));
      await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('idle'));
      await waitFor(async () => expect((await statsOf(canvasElement)).open).toBe(0), patiently);
      await expect(numbers()).toHaveLength(50);
    });

    await step('Going on continues with the next line', async () => {
      const last = numbers().at(-1) ?? 0;
      await userEvent.click(canvas.getByRole('button', { name: 'Continue' }));
      await waitFor(() => expect(numbers().at(-1)).toBeGreaterThan(last), patiently);
      const seen = numbers();
      await expect(seen).toEqual(consecutive(seen[0], 50));
      await expect((await statsOf(canvasElement)).lastEventIds).toEqual(['', `${last}`]);
    });
  },
};

/** The connection is open but silent. The deadline replaces it, and the new one continues. */
export const Stalled: Story = {
  name: 'Stalled stream and deadline',
  args: { url: './api/stalled?after=3&interval=200' },
  render: (args) => <StalledStream {...args} idleTimeoutMs={2500} />,
  parameters: showSource('stalled-stream'),
  play: async ({ canvas, canvasElement, step }) => {
    const numbers = () =>
      numbersIn(canvas.getByRole('log', { name: 'Numbers received' }).textContent);

    await step('After silence the deadline says what was missing', async () => {
      const troubles = canvas.getByRole('log', { name: /^What the deadline said/ });
      await waitFor(
        () => expect(troubles).toHaveTextContent('timeout-idle: No byte within 2500 ms'),
        patiently,
      );
    });

    await step('A new connection continues after the last number', async () => {
      await waitFor(() => expect(numbers().length).toBeGreaterThanOrEqual(6), patiently);
      const seen = numbers();
      await expect(seen).toEqual(consecutive(1, seen.length));
      const { lastEventIds, open } = await statsOf(canvasElement);
      await expect(lastEventIds.slice(0, 2)).toEqual(['', '3']);
      await expect(open).toBeLessThanOrEqual(1);
    });
  },
};

/** Heartbeats hide the silence from `idleTimeoutMs`; `messageTimeoutMs` counts messages only. */
export const SilentBehindHeartbeats: Story = {
  name: 'Silence behind heartbeats',
  args: { url: './api/stalled?after=3&interval=200&heartbeat=200' },
  render: (args) => <StalledStream {...args} idleTimeoutMs={20_000} messageTimeoutMs={2500} />,
  parameters: showSource('stalled-stream'),
  play: async ({ canvas, canvasElement, step }) => {
    await step('Comments keep coming, and the deadline passes all the same', async () => {
      const troubles = canvas.getByRole('log', { name: /^What the deadline said/ });
      await waitFor(
        () => expect(troubles).toHaveTextContent('timeout-message: No message within 2500 ms'),
        patiently,
      );
      await expect(troubles).not.toHaveTextContent('timeout-idle');
      const count = /(\d+) comments/.exec(canvasElement.textContent)?.[1];
      await expect(Number(count)).toBeGreaterThan(1);
    });

    await step('The server sees where the new connection continues', async () => {
      await waitFor(
        async () =>
          expect((await statsOf(canvasElement)).lastEventIds.slice(0, 2)).toEqual(['', '3']),
        patiently,
      );
    });
  },
};

/** Two streams are refused with 401. One fresh token is fetched, and both open with it. */
export const TokenRefreshed: Story = {
  name: '401 and a fresh token',
  args: { url: './api/private' },
  render: ({ url }) => <RefreshedToken url={url} tokenUrl={url.replace('private', 'token')} />,
  parameters: showSource('refreshed-token'),
  play: async ({ canvas, canvasElement, step }) => {
    await step('Both streams open at their second attempt', async () => {
      for (const name of ['Messages', 'Invoices']) {
        const feed = within(canvas.getByRole('region', { name }));
        await waitFor(() => expect(feed.getByRole('status')).toHaveTextContent('open'), patiently);
        await feed.findByText(/attempt 2$/);
        await feed.findByText(/^Private message \d+$/, {}, patiently);
        await expect(feed.queryByRole('alert')).toBeNull();
      }
    });

    await step('One token was fetched for both, and each was refused once', async () => {
      await expect(canvas.getByText(/^Fresh tokens fetched/)).toHaveTextContent(': 1');
      const { requests, open } = await statsOf(canvasElement);
      await expect({ requests, open }).toEqual({ requests: 4, open: 2 });
    });
  },
};

/** The URL leads to a login page. The stream fails at once, says why, and shows what arrived. */
export const HtmlInsteadOfStream: Story = {
  name: 'HTML instead of a stream',
  args: { url: './api/html' },
  render: (args) => <ExplainedFailure {...args} />,
  parameters: showSource('explained-failure'),
  beforeEach: catchHints,
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    await step('It fails with the reason and an excerpt', async () => {
      await waitFor(
        () => expect(canvas.getByRole('status')).toHaveTextContent('failed'),
        patiently,
      );
      await expect(canvas.getByRole('alert')).toHaveTextContent(/content-type .*text\/html/);
      const excerpt = canvasElement.querySelector('pre');
      await expect(excerpt).toHaveTextContent('<h1>Please sign in</h1>');
    });

    await step('In development the console names the likely mistake', async () => {
      const hint = expect.stringContaining('answered with an HTML page. Usually that is a login');
      if (givesHints) await expect(console.warn).toHaveBeenCalledWith(hint);
      else await expect(console.warn).not.toHaveBeenCalled();
    });

    await step('It is not repeated by itself, but on request', async () => {
      await expect((await statsOf(canvasElement)).requests).toBe(1);
      await userEvent.click(canvas.getByRole('button', { name: 'Try again' }));
      await waitFor(async () => expect((await statsOf(canvasElement)).requests).toBe(2), patiently);
      await waitFor(
        () => expect(canvas.getByRole('status')).toHaveTextContent('failed'),
        patiently,
      );
    });
  },
};

/** The server ends the response after three events, and answers 204 when the client comes back. */
export const NoContent: Story = {
  name: '204: do not come back',
  args: { url: './api/no-content?after=3&interval=300' },
  render: (args) => <JobProgress {...args} steps={3} />,
  parameters: showSource('job-progress'),
  play: async ({ canvas, canvasElement, step }) => {
    await step('The end of the response is not the end of the stream: it reconnects', async () => {
      const changes = canvas.getByRole('log', { name: 'Changes of the status' });
      await waitFor(() => expect(changes).toHaveTextContent('open → waiting'), patiently);
    });

    await step('204 is the end, at the second request', async () => {
      await canvas.findByText('Finished', {}, patiently);
      await expect(canvas.getByRole('status')).toHaveTextContent('done');
      await expect(canvas.getByRole('progressbar')).toHaveValue(3);
      await expect((await statsOf(canvasElement)).lastEventIds).toEqual(['', '3']);
    });
  },
};

/**
 * A last event named `end` means "that was all". It is not shown, and the hook does not reconnect.
 */
export const Sentinel: Story = {
  name: 'Sentinel: that was all',
  args: { url: './api/sentinel?after=5&interval=300' },
  render: (args) => <JobProgress {...args} />,
  parameters: showSource('job-progress'),
  play: async ({ canvas, canvasElement, step }) => {
    await step('The steps of the job arrive', async () => {
      await canvas.findByText(/^Step [1-4] of 5$/, {}, patiently);
    });

    await step('The sentinel ends it, after one request', async () => {
      await canvas.findByText('Finished', {}, patiently);
      await expect(canvas.getByRole('status')).toHaveTextContent('done');
      await expect(canvas.getByRole('progressbar')).toHaveValue(5);
      const changes = canvas.getByRole('log', { name: 'Changes of the status' });
      await expect(changes).toHaveTextContent(/connecting → openopen → done$/);
      const { requests, open } = await statsOf(canvasElement);
      await expect({ requests, open }).toEqual({ requests: 1, open: 0 });
    });
  },
};

/** Five or more components share one connection. Each keeps and shows its own data. */
export const ManyComponents: Story = {
  name: 'Many components, one connection',
  args: { url: './api/notifications?interval=500' },
  render: (args) => (
    <>
      <RequestCounter {...args} />
      <SharedNotifications {...args} />
    </>
  ),
  parameters: showSource('shared-notifications'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const inboxes = () => canvas.getAllByRole('region', { name: /^Inbox/ });
    const items = (name: string) =>
      within(canvas.getByRole('region', { name })).queryAllByRole('listitem');

    await step('Four inboxes and a badge are open on one request', async () => {
      await waitFor(() => {
        for (const inbox of inboxes()) expect(inbox).toHaveTextContent('open');
        expect(items('Inbox 1')).toHaveLength(3);
      }, patiently);
      await expect(inboxes()).toHaveLength(4);
      const { requests, open } = await statsOf(canvasElement);
      await expect({ requests, open }).toEqual({ requests: 1, open: 1 });
      const counter = canvas.getByRole('status', { name: 'Requests at the server' });
      await waitFor(() => expect(counter).toHaveTextContent(/^1$/), patiently);
    });

    await step('A late one is open at once, begins empty, and costs no request', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Add an inbox' }));
      const late = await canvas.findByRole('region', { name: 'Inbox 5' });
      await waitFor(() => expect(late).toHaveTextContent('open'), patiently);
      await expect(items('Inbox 5').length).toBeLessThan(3);
      await waitFor(() => expect(items('Inbox 5').length).toBeGreaterThan(0), patiently);
      await expect((await statsOf(canvasElement)).requests).toBe(1);
    });

    await step('Removing one leaves the connection to the others', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Remove one' }));
      await expect(inboxes()).toHaveLength(4);
      const badge = canvas.getByText(/since this badge appeared/);
      const count = () => numbersIn(badge.textContent)[0] ?? 0;
      const before = count();
      await waitFor(() => expect(count()).toBeGreaterThan(before), patiently);
      const { requests, open } = await statsOf(canvasElement);
      await expect({ requests, open }).toEqual({ requests: 1, open: 1 });
    });
  },
};

/**
 * While offline no attempt is wasted; once online the stream continues at once. The switch changes
 * what the browser reports about the network. The network itself is not cut.
 */
export const OfflineAndBack: Story = {
  name: 'Offline and back',
  args: { url: './api/flaky?every=6&interval=250' },
  render: (args) => (
    <>
      <NetworkSwitch />
      <OfflineAwareFeed {...args} />
    </>
  ),
  parameters: showSource('offline-aware-feed'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const [status] = canvas.getAllByRole('status');
    const numbers = () =>
      numbersIn(canvas.getByRole('log', { name: 'Numbers received' }).textContent);

    await step('Offline, a dropped connection waits for the network', async () => {
      await waitFor(() => expect(numbers().length).toBeGreaterThan(1), patiently);
      await userEvent.click(canvas.getByRole('button', { name: 'Go offline' }));
      await waitFor(() => expect(status).toHaveTextContent('paused'), patiently);
      await canvas.findByText(/^You are offline/);
      await waitFor(async () => expect((await statsOf(canvasElement)).open).toBe(0), patiently);
    });

    await step('Back online it continues at once, and no number is missing', async () => {
      const { requests } = await statsOf(canvasElement);
      const last = numbers().at(-1) ?? 0;
      await userEvent.click(canvas.getByRole('button', { name: 'Back online' }));
      await waitFor(() => expect(numbers().at(-1)).toBeGreaterThan(last), patiently);
      await expect(canvas.queryByText(/^You are offline/)).toBeNull();
      const seen = numbers();
      await expect(seen).toEqual(consecutive(seen[0], seen.length));
      const { lastEventIds } = await statsOf(canvasElement);
      await expect(lastEventIds[requests]).toBe(`${last}`);
    });
  },
};

/**
 * The last event id is sent as a query parameter, so a cross-origin request needs no preflight and
 * no permission for a header. Here it is only emulated: the demo server has the same origin, where
 * both ways work.
 */
export const ResumeByQueryStory: Story = {
  name: 'Resume by query',
  args: { url: './api/flaky?every=3&interval=250&retry=400' },
  render: (args) => <ResumeByQuery {...args} />,
  parameters: showSource('resume-by-query'),
  play: async ({ canvas, canvasElement, step }) => {
    const numbers = () =>
      numbersIn(canvas.getByRole('log', { name: 'Numbers received' }).textContent);

    await step('After two drops every number is there', async () => {
      await waitFor(() => expect(numbers().length).toBeGreaterThan(6), patiently);
      const seen = numbers();
      await expect(seen).toEqual(consecutive(1, seen.length));
    });

    await step('The server found the id in the query, and no header', async () => {
      const { lastEventIds, resumedBy } = await statsOf(canvasElement);
      await expect(lastEventIds.slice(0, 3)).toEqual(['', '3', '6']);
      await expect(resumedBy.slice(0, 3)).toEqual(['', 'query', 'query']);
      const requests = canvas.getByRole('log', { name: /^Requests/ });
      await expect(requests).toHaveTextContent(/[?&]last_event_id=3/);
    });
  },
};
