import { useEffect } from 'react';
import { type FetchLike, useStreamingFetch } from 'rivulet';
import { createStreamingFetch } from 'rivulet/core';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { burstFetch, numbersTo } from '../support/event-burst.ts';
import { createMeteredRoot, type MeteredRoot } from '../support/render-meter.ts';

const server = inject('eventServer');

interface AnswerProps {
  readonly url: string;
  readonly count: number;
  readonly fetch?: FetchLike | undefined;
  readonly received: string[];
  readonly onText: (text: string) => void;
}

/** Streams an answer of numbered tokens by POST, and shows how far it has come. */
function Answer({ url, count, fetch, received, onText }: AnswerProps) {
  const { status, state, text } = useStreamingFetch(url, {
    autoStart: true,
    method: 'POST',
    body: 'prompt',
    fetch,
    toText: ({ data }) => `${data} `,
    reduce: (tokens: number) => tokens + 1,
    initialState: 0,
    onMessage: ({ data }) => void received.push(data),
    endWhen: ({ data }) => data === String(count),
  });
  useEffect(() => onText(text), [text, onText]);
  return `${status} ${state}`;
}

let metered: MeteredRoot | undefined;
afterEach(() => metered?.root.unmount());

/** Streams so many tokens to the end; gives what that cost and what there was of it. */
async function stream(url: string, count: number, fetch?: FetchLike) {
  const received: string[] = [];
  const texts: string[] = [];
  metered = await createMeteredRoot();
  metered.root.render(
    <Answer
      url={url}
      count={count}
      fetch={fetch}
      received={received}
      onText={(text) => void texts.push(text)}
    />,
  );
  const reading = await metered.shows(`done ${count}`);
  // The effect of the last commit may still be to come.
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  return { ...reading, received, text: texts.at(-1) };
}

describe('decision 13: a streamed answer in Chromium with production React', () => {
  test.each([
    ['from a server', `${server}/burst?count=10000`, undefined],
    ['from a fetch function', '/burst', burstFetch(10_000)],
  ])(
    'of 10,000 tokens in a burst %s gives at most a commit for each frame and five',
    async (_, url, fetch) => {
      const { commits, frames, received, text } = await stream(url, 10_000, fetch);
      expect(commits).toBeGreaterThan(1);
      expect(commits).toBeLessThanOrEqual(frames + 5);
      expect(received).toEqual(numbersTo(10_000).map(String));
      expect(text).toBe(
        numbersTo(10_000)
          .map((token) => `${token} `)
          .join(''),
      );
    },
  );

  test('of 1,000 tokens a second for 5 s is complete and in order', async () => {
    const url = `${server}/steady?count=5000&perSecond=1000`;
    const { commits, frames, received, text } = await stream(url, 5000);
    expect(received).toEqual(numbersTo(5000).map(String));
    expect(text).toBe(
      numbersTo(5000)
        .map((token) => `${token} `)
        .join(''),
    );
    expect(commits).toBeGreaterThan(1);
    expect(commits).toBeLessThanOrEqual(frames + 5);
  });
});

describe('a stream as a body, in Chromium over HTTP/1.1', () => {
  test('fails with an error that says what Chromium wants', async () => {
    const body = new Blob(['upload']).stream();
    const run = createStreamingFetch(`${server}/burst?count=1`, { body });
    const { status, error } = await run.start();
    expect([status, error?.code]).toEqual(['failed', 'network']);
    expect(error?.message).toContain('HTTP/2');
  });
});
