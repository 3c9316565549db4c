import { createElement } from 'react';
import { type FetchLike, useEventSource } from 'rivulet';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { burstFetch, numbersTo } from '../support/event-burst.ts';
import { createMeteredRoot, type MeteredRoot } from '../support/render-meter.ts';

const COUNT = 10_000;
const server = inject('eventServer');

interface CounterProps {
  readonly url: string;
  readonly fetch?: FetchLike | undefined;
  readonly received?: number[];
}

/** Shows how many events came, and the newest. */
function Counter({ url, fetch, received }: CounterProps) {
  const { state, data, messages, dropped } = useEventSource<string, number>(url, {
    fetch,
    reduce: (count) => count + 1,
    initialState: 0,
    onMessage: (message) => void received?.push(Number(message.data)),
  });
  return `${state} ${data} ${messages.length + dropped}, `;
}

/** What a {@link Counter} shows after so many events. */
const shown = (count: number) => `${count} ${count} ${count}, `;

let metered: MeteredRoot | undefined;
afterEach(() => metered?.root.unmount());

describe('decision 13: in Chromium with production React', () => {
  test.each([
    ['from a server', `${server}/burst?count=${COUNT}`, undefined],
    ['from a fetch function', '/burst', burstFetch(COUNT)],
  ])(
    '10,000 events %s give at most a commit for each frame and five, and arrive in order',
    async (_, url, fetch) => {
      const received: number[] = [];
      metered = await createMeteredRoot();
      metered.root.render(createElement(Counter, { url, fetch, received }));
      const { commits, frames } = await metered.shows(shown(COUNT));
      expect(commits).toBeGreaterThan(1);
      expect(commits).toBeLessThanOrEqual(frames + 5);
      expect(received).toEqual(numbersTo(COUNT));
    },
  );

  test('ten hooks on one page commit together, and each shows every event', async () => {
    const names = numbersTo(10).map((number) => `/hook-${number}`);
    const fetch = burstFetch(COUNT / 10);
    metered = await createMeteredRoot();
    metered.root.render(names.map((url) => <Counter key={url} url={url} fetch={fetch} />));
    const { commits, frames } = await metered.shows(shown(COUNT / 10).repeat(10));
    expect(commits).toBeGreaterThan(1);
    expect(commits).toBeLessThanOrEqual(frames + 5);
  });

  test('1,000 events a second from a server are complete and in order, one commit for each frame', async () => {
    const received: number[] = [];
    const url = `${server}/steady?count=3000&perSecond=1000`;
    metered = await createMeteredRoot();
    metered.root.render(createElement(Counter, { url, received }));
    const { commits, frames } = await metered.shows(shown(3000));
    expect(commits).toBeGreaterThan(1);
    expect(commits).toBeLessThanOrEqual(frames + 5);
    expect(received).toEqual(numbersTo(3000));
  });
});
