import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fireEvent, spyOn, waitFor } from 'storybook/test';
import { showSource } from './example-source.ts';
import { Chat } from './examples/chat.tsx';
import { LatestWins } from './examples/latest-wins.tsx';
import { ProviderChat } from './examples/provider-chat.tsx';
import { StreamedAnswer } from './examples/streamed-answer.tsx';
import { statsOf, withStreamId } from './isolated-stream.tsx';
import { patiently } from './play-support.ts';

const meta = {
  title: 'useStreamingFetch',
  decorators: [withStreamId],
  argTypes: { url: { description: 'Where the request goes', control: 'text' } },
  parameters: {
    docs: {
      description: {
        component:
          'One request whose body arrives bit by bit: the answer of a language model, NDJSON, a log, ' +
          'bytes. Each story shows a file that you can copy into your app as it is.',
      },
    },
  },
} satisfies Meta<{ url: string }>;

export default meta;

type Story = StoryObj<{ url: string }>;

const END = 'That was all 🌊.';

/** What the server has seen of the requests of a story. */
async function requestsOf(canvasElement: HTMLElement) {
  const { requests, open } = await statsOf(canvasElement);
  return { requests, open };
}

/** A conversation by POST. An answer can be stopped, copied and asked again, and the view follows it until you scroll up. */
export const ChatStory: Story = {
  name: 'Chat',
  args: { url: './api/chat?interval=50' },
  render: (args) => <Chat {...args} />,
  parameters: showSource('chat'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const log = canvas.getByRole('log', { name: 'Conversation' });
    const say = async (text: string) => {
      const input = canvas.getByLabelText('Message');
      await expect(input).toHaveValue('');
      // The simulated keyboard does not notice that a form was reset.
      await userEvent.clear(input);
      await userEvent.type(input, text);
      await userEvent.click(canvas.getByRole('button', { name: 'Send' }));
    };

    await step('The answer grows token by token', async () => {
      await expect(canvas.queryByRole('button', { name: 'Stop' })).toBeNull();
      await say('Where do rivers go?');
      await waitFor(() => expect(log).toHaveTextContent(/Assistant: You asked/), patiently);
      const early = log.textContent.length;
      await waitFor(() => expect(log.textContent.length).toBeGreaterThan(early), patiently);
      await expect(log).toHaveAttribute('aria-busy', 'true');
    });

    await step('Stop ends it at the server, and what came stays', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Stop' }));
      await expect(log).toHaveTextContent(/Assistant: You asked .*Stopped\./);
      await expect(log).not.toHaveTextContent(END);
      await waitFor(async () => {
        expect(await requestsOf(canvasElement)).toEqual({ requests: 1, open: 0 });
      }, patiently);
    });

    await step('The next question goes with the whole conversation', async () => {
      await say('And lakes?');
      await waitFor(
        () =>
          expect(log).toHaveTextContent(
            /You: Where do rivers go\?Assistant: You asked.*You: And lakes\?Assistant: You asked about “And lakes\?”\. This is answer 2 of a conversation that came with 3 messages/,
          ),
        patiently,
      );
    });

    await step('The view follows, until the reader scrolls up', async () => {
      const fromEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight;
      const hidden = () => log.scrollHeight - log.clientHeight;
      await waitFor(() => expect(hidden()).toBeGreaterThan(40), patiently);
      await expect(fromEnd()).toBeLessThan(2);
      fireEvent.scroll(log, { target: { scrollTop: 0 } });
      await waitFor(() => expect(log).toHaveTextContent(END), patiently);
      // The end of the body follows the last words in a task of its own.
      await waitFor(() => expect(log).toHaveAttribute('aria-busy', 'false'), patiently);
      await expect(log.scrollTop).toBe(0);
    });

    await step('Copy takes the answer, and nothing else', async () => {
      // Whether a page in a frame may write to the clipboard is up to the browser.
      const write = spyOn(navigator.clipboard, 'writeText').mockResolvedValue();
      await userEvent.click(canvas.getByRole('button', { name: 'Copy' }));
      await canvas.findByRole('button', { name: 'Copied' });
      const answer = /^You asked about “And lakes\?”\.[^]*That was all 🌊\.$/;
      await expect(write).toHaveBeenCalledOnce();
      await expect(write).toHaveBeenCalledWith(expect.stringMatching(answer));
      write.mockRestore();
    });

    await step('Ask again replaces the answer with a new one', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Ask again' }));
      await waitFor(() => expect(log).toHaveAttribute('aria-busy', 'true'));
      await expect(canvas.queryByRole('button', { name: 'Copied' })).toBeNull();
      await userEvent.click(await canvas.findByRole('button', { name: 'Stop' }));
      await expect(log).toHaveTextContent(/Stopped\./);
      await expect(log.textContent.split('You asked about “And lakes?”').length).toBeLessThan(3);
      await waitFor(async () => {
        expect(await requestsOf(canvasElement)).toEqual({ requests: 3, open: 0 });
      }, patiently);
    });
  },
};

/**
 * The wire format of a provider, read by a recipe of five lines: what is text, what is an error,
 * what is the end.
 */
export const ProviderRecipe: Story = {
  name: 'Recipe for a provider',
  args: { url: './api/completions?interval=30' },
  render: (args) => <ProviderChat {...args} />,
  parameters: showSource('provider-chat'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const status = canvas.getByRole('status');
    const answer = () => canvasElement.querySelector('blockquote')?.textContent ?? '';

    await step('Chunks of JSON become text, token by token', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Ask' }));
      await waitFor(() => expect(answer()).toMatch(/^Most begin/), patiently);
      await expect(status).toHaveTextContent('open');
    });

    await step('The sentinel of the provider says that this was all', async () => {
      await waitFor(() => expect(status).toHaveTextContent('done'), patiently);
      await expect(answer()).toMatch(/^Most begin where .* runs into it\.$/);
      await expect(await requestsOf(canvasElement)).toEqual({ requests: 1, open: 0 });
    });
  },
};

/** The connection breaks after twelve words. They stay, and Retry asks again. */
export const ErrorMidway: Story = {
  name: 'Error midway',
  args: { url: './api/chat?interval=40&trouble=break&failures=1' },
  render: (args) => <Chat {...args} />,
  parameters: showSource('chat'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const log = canvas.getByRole('log', { name: 'Conversation' });

    await step('The error stands below the partial answer', async () => {
      await userEvent.type(canvas.getByLabelText('Message'), 'Why?');
      await userEvent.click(canvas.getByRole('button', { name: 'Send' }));
      const alert = await canvas.findByRole('alert', {}, patiently);
      await expect(alert).toHaveTextContent(/^The connection broke after \d+ bytes/);
      await expect(log).toHaveTextContent(/You asked about “Why\?”\. This is answer 1 of a/);
      await expect(await requestsOf(canvasElement)).toEqual({ requests: 1, open: 0 });
    });

    await step('Retry replaces it with a whole answer', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Retry' }));
      await waitFor(() => expect(log).toHaveTextContent(END), patiently);
      await expect(canvas.queryByRole('alert')).toBeNull();
      await expect(log.textContent.split('You asked about')).toHaveLength(2);
      await expect(await requestsOf(canvasElement)).toEqual({ requests: 2, open: 0 });
    });
  },
};

/**
 * A model that thinks before it answers. Until then the status is `connecting`, and Stop works
 * there too.
 */
export const SlowFirstByte: Story = {
  name: 'Slow first byte',
  args: { url: './api/chat?delay=1500&interval=20' },
  render: (args) => <StreamedAnswer {...args} />,
  parameters: showSource('streamed-answer'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const status = canvas.getByRole('status');
    const ask = canvas.getByRole('button', { name: /^Ask/ });

    await step('Stopped while it waits, it ends without an answer', async () => {
      await expect(status).toHaveTextContent('idle');
      await userEvent.click(ask);
      await expect(status).toHaveTextContent('connecting');
      await canvas.findByText('Waiting for the first byte…');
      await userEvent.click(canvas.getByRole('button', { name: 'Stop' }));
      await expect(status).toHaveTextContent('aborted');
      await canvas.findByText(/^Stopped by the caller/);
    });

    await step('Asked again it waits, and tells how long that took', async () => {
      await userEvent.click(ask);
      await expect(status).toHaveTextContent('connecting');
      await waitFor(() => expect(status).toHaveTextContent('done'), patiently);
      const [, waited] = /first byte (\d+\.\d) s/.exec(canvasElement.textContent) ?? [];
      await expect(Number(waited)).toBeGreaterThanOrEqual(1.4);
      await canvas.findByText(END, { exact: false });
      await waitFor(async () => {
        expect(await requestsOf(canvasElement)).toEqual({ requests: 2, open: 0 });
      }, patiently);
    });
  },
};

/** Stopped in the middle of an answer. The server is told at once, and the text so far stays. */
export const AbortMidway: Story = {
  name: 'Abort midway',
  args: { url: './api/chat?interval=100' },
  render: (args) => <StreamedAnswer {...args} />,
  parameters: showSource('streamed-answer'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const text = () => canvasElement.querySelector('blockquote')?.textContent ?? '';

    await step('The answer is under way', async () => {
      await userEvent.click(canvas.getByRole('button', { name: /^Ask/ }));
      await waitFor(() => expect(text()).toMatch(/^You asked about/), patiently);
      await expect(await requestsOf(canvasElement)).toEqual({ requests: 1, open: 1 });
    });

    await step('An abort is not an error, and the server stops working', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Stop' }));
      await expect(canvas.getByRole('status')).toHaveTextContent('aborted');
      await expect(canvas.queryByRole('alert')).toBeNull();
      const kept = text();
      await expect(kept).not.toContain(END);
      await waitFor(async () => {
        expect(await requestsOf(canvasElement)).toEqual({ requests: 1, open: 0 });
      }, patiently);
      await expect(text()).toBe(kept);
    });
  },
};

/**
 * The body ends as if all were well, but its declared last message is missing: `truncated`, not
 * `done`.
 */
export const Truncated: Story = {
  name: 'Truncated answer',
  args: { url: './api/chat?interval=50&trouble=cut' },
  render: (args) => <StreamedAnswer {...args} />,
  parameters: showSource('streamed-answer'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    await step('An answer without its end is never taken for complete', async () => {
      await userEvent.click(canvas.getByRole('button', { name: /^Ask/ }));
      const alert = await canvas.findByRole('alert', {}, patiently);
      await expect(alert).toHaveTextContent(/^truncated .*without its end message/);
      await expect(canvas.getByRole('status')).toHaveTextContent('failed');
      await expect(canvas.queryByText(/^Complete/)).toBeNull();
    });

    await step('What came is still there, from one request', async () => {
      await canvas.findByText(/^You asked about “tides”\. This is answer 1/);
      await expect(await requestsOf(canvasElement)).toEqual({ requests: 1, open: 0 });
    });
  },
};

/**
 * HTTP 200, and then an error inside the stream. It counts, although the server says `[DONE]`
 * after it.
 */
export const InBandError: Story = {
  name: 'In-band error',
  args: { url: './api/chat?interval=50&trouble=in-band' },
  render: (args) => <StreamedAnswer {...args} />,
  parameters: showSource('streamed-answer'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    await step('The error of the provider is the error of the request', async () => {
      await userEvent.click(canvas.getByRole('button', { name: /^Ask/ }));
      const alert = await canvas.findByRole('alert', {}, patiently);
      await expect(alert).toHaveTextContent(/^in-band .*The model is overloaded\./);
      await expect(canvas.getByRole('status')).toHaveTextContent('failed');
    });

    await step('The text before it stays', async () => {
      await canvas.findByText(/^You asked about “tides”\. This is answer 1/);
      await waitFor(async () => {
        expect(await requestsOf(canvasElement)).toEqual({ requests: 1, open: 0 });
      }, patiently);
    });
  },
};

/**
 * Ask again while an answer is running: the newest question wins, and the old request is aborted.
 */
export const RerunWhileBusy: Story = {
  name: 'Rerun while busy',
  args: { url: './api/chat?interval=30' },
  render: (args) => <LatestWins {...args} />,
  parameters: showSource('latest-wins'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const text = () => canvasElement.querySelector('blockquote')?.textContent ?? '';
    const ends = canvas.getByRole('log', { name: /^How the requests ended/ });

    await step('A second question replaces the first', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Ask about rivers' }));
      await waitFor(() => expect(text()).toMatch(/^You asked about “rivers”/), patiently);
      await userEvent.click(canvas.getByRole('button', { name: 'Ask about oceans' }));
      await waitFor(() => expect(ends).toHaveTextContent('rivers: aborted, superseded'), patiently);
      await expect(text()).not.toContain('rivers');
    });

    await step('Its answer is whole, and nothing of the first is in it', async () => {
      await waitFor(() => expect(ends).toHaveTextContent('oceans: done'), patiently);
      await expect(text()).toMatch(/^You asked about “oceans”.*That was all 🌊\.$/s);
      await expect(text()).not.toContain('rivers');
      await expect(await requestsOf(canvasElement)).toEqual({ requests: 2, open: 0 });
    });
  },
};
