import { expect, test } from 'vitest';
import { createNumberedFeed } from '../../support/numbered-feed.ts';
import { numbersTo } from '../../support/numbers.ts';
import type { Route } from '../../support/stream-server.ts';
import { eventually, type Scene, withStage } from '../stage.ts';

/*
 * Firefox and WebKit cut the requests of a page at `beforeunload`, when it is not clear yet whether
 * the page goes: a navigation may be slow, or turn into a download or a 204.
 */

const stage = withStage();

/** A line of text that is begun, and ended by the test. */
function openText() {
  let end = () => {};
  const route: Route = ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write('begun');
    end = () => void response.end(', ended\n');
  };
  // The newest response is the one to end.
  return { route, end: () => end() };
}

/** Begins a navigation that turns into 204 once a request is being read. */
async function navigateToNothing(routes: Record<string, Route>, call: string): Promise<Scene> {
  const nothing: Route = ({ response }) => void response.writeHead(204).end();
  const scene = await stage.show({ ...routes, '/nothing': nothing }, call);
  await scene.seen(({ shown }) => expect(Object.values(shown)).toEqual(['open']));
  await scene.run('(setTimeout(() => { location.href = "/nothing"; }), null)');
  await eventually(() => expect(scene.server.requests('/nothing')).toHaveLength(1));
  await scene.seen(({ pageEvents }) => expect(pageEvents).toEqual(['pageshow', 'beforeunload']));
  return scene;
}

test('a subscription goes on when a navigation turns into 204', async () => {
  const feed = createNumberedFeed();
  feed.publish(3);
  const { seen } = await navigateToNothing({ '/feed': feed.route }, 'subscribe("/feed")');
  feed.publish(2);
  await eventually(() => expect(feed.live()).toBe(1));
  await seen(({ numbers }) => expect(numbers).toEqual(numbersTo(5)));
});

test('an answer that may be repeated goes on when a navigation turns into 204', async () => {
  const text = openText();
  const { seen } = await navigateToNothing(
    { '/text': text.route },
    // It may, since no line has been delivered.
    'ask("/text", { framing: "lines", retry: { baseDelayMs: 1 } })',
  );
  await seen((log) => {
    text.end();
    expect([log.shown, log.text]).toEqual([{ '/text': 'done' }, 'begun, ended\n']);
  });
});

test('an answer that may not be repeated lives on when a navigation turns into 204', async () => {
  const text = openText();
  const { seen, server } = await navigateToNothing(
    { '/text': text.route },
    'ask("/text", { body: "prompt" })',
  );
  text.end();
  await seen((log) =>
    expect([log.shown, log.text]).toEqual([{ '/text': 'done' }, 'begun, ended\n']),
  );
  expect(server.requests('/text')).toHaveLength(1);
});

test('an answer that a navigation cut, and that may not be repeated, says so and is not sent again', async () => {
  const { seen, server } = await navigateToNothing(
    { '/text': openText().route },
    'ask("/text", { body: "prompt", retry: { baseDelayMs: 1 } })',
  );
  // Held for as long as the page may still go, and then told.
  await seen((log) => expect(log.shown).toEqual({ '/text': 'failed' }));
  await seen((log) => expect([log.errors, log.text]).toEqual([['network'], 'begun']));
  expect(server.requests('/text')).toHaveLength(1);
});

test('an answer that a slow navigation cut does not become failed meanwhile', async () => {
  let go = () => {};
  const slow: Route = ({ response }) => {
    go = () => void response.writeHead(200, { 'content-type': 'text/html' }).end('there');
  };
  const { seen, run, server } = await stage.show(
    {
      '/text': openText().route,
      '/bare': openText().route,
      '/cut': ({ response }) => void response.writeHead(204).end(),
      '/slow': slow,
    },
    'ask("/text")',
  );
  await seen(({ text }) => expect(text).toBe('begun'));
  // A request without the library tells that the engine has cut; WebKit runs no script of a driver
  // while a navigation goes on, so the page says so itself.
  await run(`fetch("/bare").then((response) => {
    response.text().catch(() => navigator.sendBeacon("/cut"));
    addEventListener("pagehide", () => sessionStorage.setItem("shown", log.shown["/text"]));
    return null;
  })`);
  await run('(setTimeout(() => { location.href = "/slow"; }), null)');
  await eventually(() => expect(server.requests('/cut')).toHaveLength(1));
  await eventually(() => expect(server.requests('/slow')).toHaveLength(1));
  go();
  await eventually(async () => expect(await run('document.body.textContent')).toBe('there'));
  expect(await run('[sessionStorage.getItem("shown"), sessionStorage.getItem("errors")]')).toEqual([
    'open',
    null,
  ]);
});
