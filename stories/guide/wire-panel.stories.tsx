import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, waitFor, within } from 'storybook/test';
import { showSource } from '../example-source.ts';
import { BackgroundDownload } from '../examples/background-download.tsx';
import { EventFeed } from '../examples/event-feed.tsx';
import { ReconnectingFeed } from '../examples/reconnecting-feed.tsx';
import { SharedNotifications } from '../examples/shared-notifications.tsx';
import { TokenBurst } from '../examples/token-burst.tsx';
import { statsOf, withStreamId } from '../isolated-stream.tsx';
import { patiently } from '../play-support.ts';
import { panelIn, totalIn } from '../wire-panel/find-panel.ts';
import { MAX_ROWS } from '../wire-panel/wire-log.ts';

const meta = {
  title: 'Guides/Wire panel',
  // The page of these stories is the guide.
  tags: ['!autodocs'],
  decorators: [withStreamId],
  argTypes: { url: { description: 'Where the stream comes from', control: 'text' } },
} satisfies Meta<{ url: string }>;

export default meta;

type Story = StoryObj<{ url: string }>;

/** A subscription, and below it what its server sends and what React makes of it. */
export const BesideAnExample: Story = {
  name: 'Beside an example',
  args: { url: './api/clock?interval=500' },
  render: (args) => <EventFeed {...args} />,
  parameters: { ...showSource('event-feed'), wire: 'open' },
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const panel = panelIn(canvasElement);
    const inPanel = within(panel);
    const log = inPanel.getByRole('log', { name: 'Wire log' });
    const received = () => within(canvas.getByRole('log', { name: 'Events' })).queryAllByText(/:/);

    await step('The request and its answer are there, as they went over the wire', async () => {
      await inPanel.findByText(/^GET \.\/api\/clock/, {}, patiently);
      await expect(log).toHaveTextContent('accept: text/event-stream');
      await inPanel.findByText('content-type: text/event-stream; charset=utf-8', {}, patiently);
      await expect(log).toHaveTextContent(/Answer 1200 .*after \d+/);
      await expect(inPanel.getByText('One request under way')).toBeVisible();
    });

    await step('Chunks, messages and commits are counted and drawn as they come', async () => {
      await waitFor(() => expect(totalIn(panel, 'Messages')).toBeGreaterThan(1), patiently);
      await expect(totalIn(panel, 'Requests')).toBe(1);
      // One chunk more than messages: the comment with which this server begins.
      await expect(totalIn(panel, 'Chunks')).toBeGreaterThanOrEqual(totalIn(panel, 'Messages'));
      await expect(totalIn(panel, 'Commits')).toBeGreaterThanOrEqual(totalIn(panel, 'Messages'));
      const bars = [...panel.querySelectorAll('path')].map((path) => path.getAttribute('d'));
      await expect(bars).toEqual(Array(3).fill(expect.stringMatching(/^M[\d.]+ 40v-/)));
      // How many chunks the row has, and how many commits, is a matter of how fast the machine is.
      const row = /Data\d+ chunks?, \d+ B → 1 message → \d+ commits?/;
      await waitFor(() => expect(log).toHaveTextContent(row), patiently);
    });

    await step('The end of a request says what became of the stream', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Close' }));
      await waitFor(() => expect(log).toHaveTextContent(/End 1after .* B: open → aborted/));
      await inPanel.findByText('No request under way');
      await userEvent.click(canvas.getByRole('button', { name: 'Reconnect' }));
      await waitFor(() => expect(totalIn(panel, 'Requests')).toBe(2), patiently);
      await waitFor(() => expect(log).toHaveTextContent(/last-event-id: \d+/), patiently);
    });

    await step('Closed, it does not change any more, while the stream goes on', async () => {
      await userEvent.click(inPanel.getByRole('button', { name: 'Wire' }));
      await expect(inPanel.queryByRole('log')).toBeNull();
      let changes = 0;
      const observer = new MutationObserver((records) => {
        changes += records.length;
      });
      observer.observe(panel, {
        attributes: true,
        characterData: true,
        childList: true,
        subtree: true,
      });
      const last = received().at(-1)?.textContent;
      await waitFor(() => expect(received().at(-1)?.textContent).not.toBe(last), patiently);
      observer.disconnect();
      await expect(changes).toBe(0);
    });
  },
};

/**
 * A panel that is opened late says so. The stream continues; to see all of it, restart the story.
 */
export const OpenedLate: Story = {
  name: 'Opened while a stream runs',
  args: { url: './api/clock?interval=300' },
  render: (args) => <EventFeed {...args} />,
  parameters: { ...showSource('event-feed'), wire: 'closed' },
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const panel = panelIn(canvasElement);
    const inPanel = within(panel);
    const toggle = inPanel.getByRole('button', { name: 'Wire' });

    await step('Closed at first, it shows nothing', async () => {
      await expect(toggle).toHaveAttribute('aria-expanded', 'false');
      await expect(panel.children).toHaveLength(1);
      await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('open'), patiently);
    });

    await step('Opening it by keyboard leaves the stream alone', async () => {
      toggle.focus();
      await userEvent.keyboard('{Enter}');
      await inPanel.findByText(/^Opened while the story was running/);
      await waitFor(() => expect(totalIn(panel, 'Messages')).toBeGreaterThan(0), patiently);
      await expect(totalIn(panel, 'Requests')).toBe(0);
      const { requests, open } = await statsOf(canvasElement);
      await expect({ requests, open }).toEqual({ requests: 1, open: 1 });
    });

    await step('Restart the story shows it from its first request', async () => {
      const before = canvasElement.querySelector('[data-stream-id]');
      await userEvent.click(inPanel.getByRole('button', { name: 'Restart the story' }));
      await expect(canvasElement.querySelector('[data-stream-id]')).not.toBe(before);
      await waitFor(() => expect(totalIn(panel, 'Requests')).toBe(1), patiently);
      await expect(inPanel.queryByText(/^Opened while/)).toBeNull();
      await inPanel.findByText('Answer 1', {}, patiently);
      await expect((await statsOf(canvasElement)).requests).toBe(1);
    });
  },
};

/** A dropped connection: the error, the wait until the next request, and how it resumes. */
export const RetryCountedDown: Story = {
  name: 'A retry, counted down',
  args: { url: './api/flaky?every=4&interval=300&retry=800' },
  render: (args) => <ReconnectingFeed {...args} />,
  parameters: { ...showSource('reconnecting-feed'), wire: 'open' },
  play: async ({ canvasElement, step }) => {
    const panel = panelIn(canvasElement);
    const inPanel = within(panel);
    const log = inPanel.getByRole('log', { name: 'Wire log' });
    const secondsLeft = () => Number.parseFloat(inPanel.getByRole('timer').textContent.slice(16));

    await step('A drop starts a countdown', async () => {
      const first = await waitFor(() => {
        expect(inPanel.getByRole('timer')).toHaveTextContent(/^Next request in \d\.\d s$/);
        return secondsLeft();
      }, patiently);
      await waitFor(() => expect(secondsLeft()).toBeLessThan(first), patiently);
      await expect(panel.querySelector('.request[data-broken]')).not.toBeNull();
      await expect(panel.querySelector('.wait')).not.toBeNull();
    });

    await step(
      'The log has the error, and the next request goes on after the last event',
      async () => {
        const error = /Error(network|truncated).*Next request in \d\.\d s\./;
        await waitFor(() => expect(log).toHaveTextContent(error), patiently);
        await waitFor(() => expect(log).toHaveTextContent('last-event-id: 4'), patiently);
        await expect(totalIn(panel, 'Requests')).toBeGreaterThan(1);
      },
    );
  },
};

/** Several hooks, one connection: its chunks are counted once, its messages for each hook. */
export const SharedConnection: Story = {
  name: 'Hooks that share a connection',
  args: { url: './api/notifications?interval=600' },
  render: (args) => <SharedNotifications {...args} />,
  parameters: { ...showSource('shared-notifications'), wire: 'open' },
  play: async ({ canvasElement, step }) => {
    const panel = panelIn(canvasElement);

    await step('One request and one chunk, and the messages of all', async () => {
      await waitFor(() => expect(totalIn(panel, 'Messages')).toBeGreaterThan(3), patiently);
      await expect(totalIn(panel, 'Requests')).toBe(1);
      await expect(totalIn(panel, 'Messages')).toBeGreaterThan(totalIn(panel, 'Chunks'));
      await within(panel).findByText(/^Several hooks share one connection/);
      await expect((await statsOf(canvasElement)).requests).toBe(1);
    });
  },
};

/**
 * 10,000 messages in a second. The panel counts all of them and is drawn at most once per frame.
 */
export const UnderABurst: Story = {
  name: 'Under a burst',
  args: { url: './api/burst?count=10000&rate=10000' },
  render: (args) => <TokenBurst {...args} />,
  parameters: { ...showSource('token-burst'), wire: 'open' },
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const panel = panelIn(canvasElement);
    const drawn = { panel: 0, frames: 0, isOver: false };
    const observer = new MutationObserver(() => {
      drawn.panel += 1;
    });
    const countFrame = () => {
      drawn.frames += 1;
      if (!drawn.isOver) requestAnimationFrame(countFrame);
    };

    await step('Every message is counted', async () => {
      observer.observe(panel, { characterData: true, childList: true, subtree: true });
      countFrame();
      await userEvent.click(canvas.getByRole('button', { name: 'Start the burst' }));
      await canvas.findByText(/^done$/, {}, patiently);
      await waitFor(() => expect(totalIn(panel, 'Messages')).toBe(10_000), patiently);
      drawn.isOver = true;
      observer.disconnect();
    });

    await step('It was drawn at most once a frame, and keeps few rows', async () => {
      await expect(drawn.panel).toBeGreaterThan(0);
      await expect(drawn.panel).toBeLessThanOrEqual(drawn.frames);
      await expect(panel.querySelectorAll('tbody tr').length).toBeLessThanOrEqual(MAX_ROWS);
    });
  },
};

/**
 * A download that was created outside the components gets nothing from a provider. The panel says
 * what it cannot see.
 */
export const MadeOutside: Story = {
  name: 'A controller made outside',
  args: { url: './api/files/gauges.csv?interval=20' },
  render: (args) => <BackgroundDownload {...args} />,
  parameters: { ...showSource('background-download'), wire: 'open' },
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const panel = panelIn(canvasElement);

    await step('The request is made, and the panel says why it does not show it', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Download' }));
      await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('done'), patiently);
      await expect((await statsOf(canvasElement)).requests).toBe(1);
      await expect(totalIn(panel, 'Requests')).toBe(0);
      await expect(totalIn(panel, 'Commits')).toBeGreaterThan(1);
      await within(panel).findByText(/^Nothing so far.*A controller made outside/);
    });
  },
};
