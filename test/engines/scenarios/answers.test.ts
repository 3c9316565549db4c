import { expect, test } from 'vitest';
import { expectOpen, type Route } from '../../support/stream-server.ts';
import { eventually, withStage } from '../stage.ts';

const stage = withStage();

const PLAIN = { 'content-type': 'text/plain; charset=utf-8' };

/** Writes pieces, each once the one before is on its way. */
const pieces =
  (...parts: (string | Uint8Array)[]): Route =>
  async ({ response }) => {
    response.writeHead(200, PLAIN);
    for (const part of parts) {
      await new Promise<void>((resolve) => response.write(part, () => resolve()));
    }
    response.end();
  };

/** Begins a text and leaves it open. */
const endless: Route = ({ response }) => {
  response.writeHead(200, PLAIN);
  response.write('begun');
};

test('characters that are split between chunks arrive whole', async () => {
  const bytes = new TextEncoder().encode('Grüße 🌊');
  const { seen } = await stage.show(
    { '/text': pieces(bytes.subarray(0, 3), bytes.subarray(3, 9), bytes.subarray(9)) },
    'ask("/text")',
  );
  await seen(({ shown, text }) => expect([shown, text]).toEqual([{ '/text': 'done' }, 'Grüße 🌊']));
});

test('a question goes out once by POST, StrictMode or not, and its answer streams', async () => {
  const { server, seen } = await stage.show(
    { '/answer': pieces('The tide ', 'comes in.') },
    'ask("/answer", { body: { prompt: "tides" } })',
  );
  await seen(({ shown, text }) =>
    expect([shown, text]).toEqual([{ '/answer': 'done' }, 'The tide comes in.']),
  );
  const requests = server.requests('/answer');
  expect(requests.map(({ method, body }) => [method, body])).toEqual([
    ['POST', '{"prompt":"tides"}'],
  ]);
  expect(requests[0]?.headers['content-type']).toMatch(/^application\/json/);
});

test('a second start ends the request of the first', async () => {
  const { server, seen, run } = await stage.show(
    { '/text': endless },
    'ask("/text", { method: "POST", autoStart: false })',
  );
  expect(server.requests('/text')).toEqual([]);
  await run('(window.first = hook.start(), null)');
  await seen(({ text }) => expect(text).toBe('begun'));
  await run('(hook.start(), null)');
  expect(await run('first.then(({ status, reason }) => [status, reason])')).toEqual([
    'aborted',
    'superseded',
  ]);
  await eventually(() => expect(server.requests('/text')).toHaveLength(2));
  await expectOpen(server, 1);
});

test('an Activity that is hidden ends a POST, and shown again does not repeat it', async () => {
  const { server, seen, run } = await stage.show(
    { '/text': endless },
    'ask("/text", { method: "POST" })',
  );
  await seen(({ text }) => expect(text).toBe('begun'));
  await run('(activity("hidden"), null)');
  await expectOpen(server, 0);
  await run('(activity("visible"), null)');
  await seen(({ shown, text }) => expect([shown, text]).toEqual([{ '/text': 'aborted' }, 'begun']));
  await run('(hook.start(), null)');
  await seen(({ shown }) => expect(shown).toEqual({ '/text': 'open' }));
  expect(server.requests('/text')).toHaveLength(2);
});

test('abort() ends the request at the server and keeps the text', async () => {
  const { server, seen, run } = await stage.show({ '/text': endless }, 'ask("/text")');
  await seen(({ text }) => expect(text).toBe('begun'));
  await run('(hook.abort(), null)');
  await seen(({ shown, text, errors }) =>
    expect([shown, text, errors]).toEqual([{ '/text': 'aborted' }, 'begun', []]),
  );
  await expectOpen(server, 0);
});

test('unmounting ends the request at the server', async () => {
  const { seen, server, run } = await stage.show({ '/text': endless }, 'ask("/text")');
  await seen(({ text }) => expect(text).toBe('begun'));
  await run('(unmount(), null)');
  await expectOpen(server, 0);
});

test('an end that only the connection tells is named close', async () => {
  const { seen } = await stage.show({ '/text': pieces('all') }, 'ask("/text")');
  await seen(({ shown, endedBy }) =>
    expect([shown, endedBy]).toEqual([{ '/text': 'done' }, 'close']),
  );
});

test('an end at the declared length is named length', async () => {
  const whole: Route = ({ response }) => {
    response.writeHead(200, { ...PLAIN, 'content-length': 3 }).end('all');
  };
  const { seen } = await stage.show({ '/text': whole }, 'ask("/text")');
  await seen(({ shown, endedBy }) =>
    expect([shown, endedBy]).toEqual([{ '/text': 'done' }, 'length']),
  );
});

test('an answer that is shorter than its length is truncated, and keeps its text', async () => {
  let cut = () => {};
  const begun: Route = ({ response }) => {
    response.writeHead(200, { ...PLAIN, 'content-length': '1000' });
    response.write('only this');
    cut = () => void response.destroy();
  };
  const { seen } = await stage.show({ '/text': begun }, 'ask("/text")');
  // What an engine has not handed over when the connection breaks it drops.
  await seen(({ text }) => expect(text).toBe('only this'));
  cut();
  await seen(({ shown, errors, text }) =>
    expect([shown, errors, text]).toEqual([{ '/text': 'failed' }, ['truncated'], 'only this']),
  );
});

/** Ends the connection between two chunks, without the last one that says that it was the last. */
const cutBetweenChunks: Route = ({ response }) => {
  response.writeHead(200, PLAIN);
  response.write('only this', () => response.socket?.end());
};

test('a chunked body that is cut between two chunks is told as a failure', async () => {
  const { seen } = await stage.show({ '/text': cutBetweenChunks }, 'ask("/text")');
  await seen(({ shown, errors }) =>
    expect([shown, errors]).toEqual([{ '/text': 'failed' }, ['network']]),
  );
});

test('a chunked body that is cut before its sentinel is a failure everywhere', async () => {
  const { seen } = await stage.show(
    { '/text': cutBetweenChunks },
    'ask("/text", { framing: "lines", endWhen: "[DONE]" })',
  );
  await seen(({ shown, errors }) => {
    expect(shown).toEqual({ '/text': 'failed' });
    expect(['network', 'truncated']).toContain(errors.at(-1));
  });
});

test('a stream as a body is refused, and the developer is told what it takes', async () => {
  const { seen } = await stage.show(
    { '/text': pieces('all') },
    'ask("/text", { body: new Blob(["upload"]).stream() })',
  );
  // Chromium sends it by HTTP/2 and no other way; the others turn it into text.
  await seen(({ shown, errors, messages, warnings }) => {
    expect(shown).toEqual({ '/text': 'failed' });
    expect(['network', 'invalid-option']).toContain(errors.join());
    expect([...messages, ...warnings].join()).toMatch(/stream/);
  });
});
