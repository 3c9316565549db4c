import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, waitFor } from 'storybook/test';
import { CommitRace } from '../demos/commit-race.tsx';
import { RenderedCharacters } from '../demos/rendered-characters.tsx';
import { showSource } from '../example-source.ts';
import { LongAnswer } from '../examples/long-answer.tsx';
import { statsOf, withStreamId } from '../isolated-stream.tsx';
import { numbersIn, patiently } from '../play-support.ts';

const meta = {
  title: 'Guides/Tokens without renders',
  // The page of these stories is the guide.
  tags: ['!autodocs'],
  decorators: [withStreamId],
  argTypes: { url: { description: 'Where the tokens come from', control: 'text' } },
} satisfies Meta<{ url: string }>;

export default meta;

type Story = StoryObj<{ url: string }>;

/** The same stream three times: one commit per token, one per frame, one per 50 ms. */
export const SideBySide: Story = {
  name: 'Commits side by side',
  args: { url: './api/essay?paragraphs=8&interval=4' },
  render: (args) => <CommitRace {...args} />,
  play: async ({ canvas, step }) => {
    const lane = (name: string) => canvas.getByRole('region', { name });
    const countsOf = (name: string) => {
      const [commits = 0, tokens = 0] = numbersIn(lane(name).querySelector('p')?.textContent ?? '');
      return { commits, tokens };
    };
    const names = ['useState per token', 'useStreamingFetch', 'With flush: 50'];

    await step('Every token arrives, each way', async () => {
      for (const name of names) {
        await waitFor(() => expect(lane(name)).toHaveTextContent(/tokens, done/), patiently);
      }
      const [first, ...others] = names.map((name) => countsOf(name).tokens);
      await expect(first).toBeGreaterThan(400);
      await expect(others).toEqual([first, first]);
    });

    await step('The hook commits at most once a frame, the state no less often', async () => {
      const [frames = 0] = numbersIn(canvas.getByText(/frames meanwhile/).textContent);
      const [byState, byFrame, by50] = names.map((name) => countsOf(name).commits);
      // Mounting (twice under StrictMode), opening, the first data and the end commit by themselves.
      // On a page with very slow frames all of them commit as often, but for those few.
      await expect(byFrame).toBeLessThanOrEqual(frames + 6);
      await expect(by50).toBeLessThanOrEqual((byFrame ?? 0) + 6);
      await expect(byState).toBeGreaterThanOrEqual((byFrame ?? 0) - 6);
    });
  },
};

/** How many characters React renders in all while a text grows, as one paragraph and as several. */
export const OneOrMany: Story = {
  name: 'One paragraph or many',
  args: { url: './api/essay?paragraphs=12&interval=4' },
  render: (args) => <RenderedCharacters {...args} />,
  play: async ({ canvas, step }) => {
    const [length = 0, whole = 0, parts = 0] = await (async () => {
      await waitFor(
        () => expect(canvas.getByRole('status', { name: 'Status' })).toHaveTextContent('done'),
        patiently,
      );
      const amount = (text: string) => Number(text.replace(/\D/g, ''));
      return [
        canvas.getByText(/characters arrived$/).textContent.replace('done', ''),
        canvas.getByRole('status', { name: 'Rendered as one paragraph' }).textContent,
        canvas.getByRole('status', { name: 'Rendered as paragraphs' }).textContent,
      ].map(amount);
    })();

    await step('Both views show all of the text', async () => {
      const shown = (name: string) => canvas.getByRole('log', { name }).textContent;
      await expect(length).toBeGreaterThan(3000);
      await expect(shown('As one paragraph')).toHaveLength(length);
      await expect(shown('As paragraphs')).toBe(shown('As one paragraph').replaceAll('\n\n', ''));
    });

    await step('Of the paragraphs only the last was rendered again', async () => {
      await expect(whole).toBeGreaterThan(3 * length);
      await expect(parts).toBeLessThan(whole / 3);
    });
  },
};

/**
 * The remedy as a file to copy: memoised paragraphs that the browser skips while they are off the
 * screen.
 */
export const LongAnswerStory: Story = {
  name: 'Long answer in paragraphs',
  args: { url: './api/essay?paragraphs=20&interval=2' },
  render: (args) => <LongAnswer {...args} />,
  parameters: showSource('long-answer'),
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const answer = canvas.getByRole('log', { name: 'Answer' });
    const paragraphs = () => [...answer.querySelectorAll('p')];
    const touched = new Set<Node | null>();
    const observer = new MutationObserver((records) => {
      for (const { target } of records) touched.add(target.parentElement?.closest('p') ?? null);
    });

    await step('A finished paragraph is not touched again', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Ask' }));
      await waitFor(() => expect(paragraphs().length).toBeGreaterThan(2), patiently);
      const finished = paragraphs().slice(0, -1);
      observer.observe(answer, { subtree: true, characterData: true, childList: true });
      await waitFor(() => expect(canvas.getByRole('status')).toHaveTextContent('done'), patiently);
      observer.disconnect();
      await expect(touched.size).toBeGreaterThan(1);
      await expect(finished.filter((paragraph) => touched.has(paragraph))).toEqual([]);
      await expect(paragraphs()).toHaveLength(20);
    });

    await step('The browser may skip every one but the last', async () => {
      const visibility = paragraphs().map((each) => getComputedStyle(each).contentVisibility);
      await expect(visibility).toEqual([...Array.from({ length: 19 }, () => 'auto'), 'visible']);
      await expect((await statsOf(canvasElement)).requests).toBe(1);
    });
  },
};
