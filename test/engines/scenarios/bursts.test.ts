import { expect, test } from 'vitest';
import { numbersTo } from '../../support/numbers.ts';
import { numberedEvents, openEventStream, type Route } from '../../support/stream-server.ts';
import { eventually, withStage } from '../stage.ts';

/*
 * What React does, in production: at most a commit for each frame, whatever the rate. The five more
 * are the changes of status, and the first data, which wait for no frame.
 */

const stage = withStage();
const COUNT = 10_000;

/** Events as fast as the socket takes them, a few to a write. */
const burst =
  (count: number): Route =>
  async ({ response }) => {
    openEventStream(response);
    for (let first = 1; first <= count; first += 5) {
      const isTaken = response.write(numberedEvents(first, Math.min(first + 4, count)));
      if (!isTaken) await new Promise<void>((resolve) => response.once('drain', resolve));
      // The next task, so that the page gets many chunks.
      if (first % 100 === 1) await new Promise((resolve) => setImmediate(resolve));
    }
  };

test('10,000 events in a burst are delivered whole, in at most a commit a frame', async () => {
  const { run, seen } = await stage.show(
    { '/burst': burst(COUNT) },
    'subscribe("/burst")',
    'production',
  );
  await seen(({ numbers }) => expect(numbers).toHaveLength(COUNT));
  await eventually(async () =>
    expect(await run('document.body.textContent')).toBe(`${COUNT} ${COUNT}`),
  );
  await seen(({ numbers, commits, frames }) => {
    expect(numbers).toEqual(numbersTo(COUNT));
    expect(commits).toBeGreaterThan(1);
    expect(commits).toBeLessThanOrEqual(frames + 5);
  });
});

test('five hooks of one page commit together, and each shows every event', async () => {
  const urls = numbersTo(5).map((number) => `/burst?${number}`);
  const { run, seen } = await stage.show(
    { '/burst': burst(COUNT / 5) },
    `subscribeAll(${JSON.stringify(urls)})`,
    'production',
  );
  await eventually(async () =>
    expect(await run('document.body.textContent')).toBe(`${COUNT / 5} ${COUNT / 5}`.repeat(5)),
  );
  await seen(({ numbers, commits, frames }) => {
    expect(numbers).toHaveLength(COUNT);
    expect(commits).toBeGreaterThan(1);
    // Each has changes of status of its own.
    expect(commits).toBeLessThanOrEqual(frames + 25);
  });
});

test('a burst in a tab without frames is delivered whole, in at most a commit for each 100 ms', async () => {
  const { run, seen, page } = await stage.show(
    { '/burst': burst(COUNT) },
    'subscribe(null)',
    'production',
  );
  await page.hide();
  await eventually(async () => expect(await run('document.hidden')).toBe(true));
  await run('(subscribe("/burst"), null)');
  await eventually(async () =>
    expect(await run('document.body.textContent')).toBe(`${COUNT} ${COUNT}`),
  );
  await seen(({ numbers, commits, elapsedMs, statuses }) => {
    expect(numbers).toEqual(numbersTo(COUNT));
    expect(commits).toBeGreaterThan(1);
    expect(commits).toBeLessThanOrEqual(elapsedMs / 100 + 5);
    expect(statuses).toEqual(['connecting', 'open']);
  });
});

test('an answer of 10,000 tokens is whole, in at most a commit a frame', async () => {
  const { seen } = await stage.show(
    { '/burst': burst(COUNT) },
    `ask("/burst", { body: { prompt: "count" }, toText: ({ data }) => data + " ",
      endWhen: ({ data }) => data === "${COUNT}" })`,
    'production',
  );
  await seen(({ shown, text, numbers, commits, frames }) => {
    expect(shown).toEqual({ '/burst': 'done' });
    expect(numbers).toEqual(numbersTo(COUNT));
    expect(text).toBe(`${numbersTo(COUNT).join(' ')} `);
    expect(commits).toBeGreaterThan(1);
    expect(commits).toBeLessThanOrEqual(frames + 5);
  });
});
