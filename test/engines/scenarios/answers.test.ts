import { expect, test, vi } from 'vitest';
import type { Route } from '../../support/stream-server.ts';
import { expectOpen } from '../../support/stream-server.ts';
import { whyNot } from '../engine.ts';
import { WAIT, withStage } from '../stage.ts';

const stage = withStage();

/** Writes pieces, and goes on once the one before is on its way. */
const pieces =
  (...parts: (string | Uint8Array)[]): Route =>
  async ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' });
    for (const part of parts) {
      await new Promise<void>((resolve) => response.write(part, () => resolve()));
    }
    response.end();
  };

test('characters that are split between chunks arrive whole', async () => {
  const bytes = new TextEncoder().encode('Grüße 🌊');
  const { seen } = await stage.show(
    { '/text': pieces(bytes.subarray(0, 3), bytes.subarray(3, 9), bytes.subarray(9)) },
    'ask("/text")',
  );
  await seen(({ text, statuses }) => expect([text, statuses.at(-1)]).toEqual(['Grüße 🌊', 'done']));
});

test('an end that only the connection tells is named close', async () => {
  const { seen } = await stage.show({ '/text': pieces('all') }, 'ask("/text")');
  await seen(({ statuses }) => expect(statuses.at(-1)).toBe('done'));
  await seen(({ endedBy }) => expect(endedBy).toBe('close'));
});

test('an answer that is shorter than its length is a failure', async () => {
  const cut: Route = ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '1000' });
    response.write('only this', () => response.destroy());
  };
  const { seen } = await stage.show({ '/text': cut }, 'ask("/text")');
  await seen(({ statuses }) => expect(statuses.at(-1)).toBe('failed'));
});

test('a chunked body that is cut between two chunks is told as a failure', async ({
  skip,
  task,
}) => {
  const reason = whyNot(task.name);
  skip(reason !== undefined, reason);
  const cut: Route = ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write('only this', () => response.socket?.end());
  };
  const { seen } = await stage.show({ '/text': cut }, 'ask("/text")');
  await seen(({ statuses }) => expect(statuses.at(-1)).toBe('failed'));
});

test('unmounting ends the request at the server', async () => {
  const endless: Route = ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.write('begun');
  };
  const { seen, server, run } = await stage.show({ '/text': endless }, 'ask("/text")');
  await seen(({ text }) => expect(text).toBe('begun'));
  await run('(unmount(), null)');
  await expectOpen(server, 0);
});

test('an answer lives on when a navigation turns into 204', async () => {
  let more = () => {};
  const { seen, run, server } = await stage.show(
    {
      '/text': ({ response }) => {
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.write('begun');
        more = () => void response.end(', ended');
      },
      '/nothing': ({ response }) => void response.writeHead(204).end(),
    },
    'ask("/text", { retry: {} })',
  );
  await seen(({ text }) => expect(text).toBe('begun'));
  await run('(setTimeout(() => { location.href = "/nothing"; }), null)');
  await vi.waitFor(() => expect(server.requests('/nothing')).toHaveLength(1), WAIT);
  await seen(({ pageEvents }) => expect(pageEvents).toContain('beforeunload'));
  // An engine that cut the request makes the hook ask again; the newest response is the one to end.
  await vi.waitFor(async () => {
    more();
    expect(await run('log.statuses.at(-1)')).toBe('done');
  }, WAIT);
});

test('an answer does not become failed while a navigation is slow', async () => {
  let go = () => {};
  const { seen, run, server } = await stage.show(
    {
      '/text': ({ response }) => {
        response.writeHead(200, { 'content-type': 'text/plain' });
        response.write('begun');
      },
      '/slow': ({ response }) => {
        go = () => void response.writeHead(200, { 'content-type': 'text/html' }).end('there');
      },
    },
    'ask("/text")',
  );
  await seen(({ text }) => expect(text).toBe('begun'));
  await run('(setTimeout(() => { location.href = "/slow"; }), null)');
  await vi.waitFor(() => expect(server.requests('/slow')).toHaveLength(1), WAIT);
  setTimeout(() => go(), 2500);
  await vi.waitFor(async () => expect(await run('document.body.textContent')).toBe('there'), WAIT);
  expect(await run('sessionStorage.getItem("errors")')).toBeNull();
});
