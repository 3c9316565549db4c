import type { EventSourceOptions } from 'rivulet/core';
import { describe, expect, test } from 'vitest';
import { drop, type Subscription, send, subscribe } from '../../support/subscribe.ts';

/** Drops the connection and lets the next request be answered. */
async function resume(subscription: Subscription): Promise<void> {
  await drop(subscription);
  await subscription.environment.advance(100);
}

const sentIds = ({ requests }: Subscription) => {
  return requests.map(({ headers }) => headers.get('last-event-id'));
};

/** The last event id that the second request carries after the first stream said this. */
async function idAfter(text: string, options: EventSourceOptions = {}): Promise<string | null> {
  const subscription = await subscribe(options);
  await send(subscription, text);
  await resume(subscription);
  expect(subscription.requests).toHaveLength(2);
  expect(subscription.requests[0]?.headers.has('last-event-id')).toBe(
    options.lastEventId !== undefined,
  );
  return subscription.requests[1]?.headers.get('last-event-id') ?? null;
}

/** A header value as the bytes that go over the wire, read as UTF-8. */
const asUtf8 = (value: string | null) => {
  return new TextDecoder().decode(Uint8Array.from(value ?? '', (char) => char.charCodeAt(0)));
};

const parse = ({ data }: { readonly data: string }) => {
  if (data === 'unparsable') throw new Error('What is that?');
  return data;
};

describe('the last event id', () => {
  test.each<[string, string, string | null]>([
    ['moves with a message', 'id: 7\ndata: x\n\n', '7'],
    ['moves with a block that has no data', 'id: 7\n\n', '7'],
    ['moves with a block whose event nobody wants', 'event: other\nid: 7\ndata: x\n\n', '7'],
    ['moves with a message that does not parse', 'id: 7\ndata: unparsable\n\n', '7'],
    ['persists over messages without one', 'id: 7\ndata: x\n\ndata: y\n\n', '7'],
    ['is given up by an empty one', 'id: 7\ndata: x\n\nid\ndata: y\n\n', null],
    ['ignores one with NUL', 'id: 7\ndata: x\n\nid: 8\u0000\ndata: y\n\n', '7'],
    ['ignores the block that the drop cut off', 'id: 7\ndata: x\n\nid: 8\ndata: y\n', '7'],
    ['is not trimmed', 'id:  7 \ndata: x\n\n', ' 7 '],
  ])('%s', async (_, text, expected) => {
    const sent = await idAfter(text, { parse, events: ['message'] });
    // `Headers` trims what it is given, as HTTP does.
    expect(sent).toBe(expected === null ? null : expected.trim());
  });

  test('persists over attempts', async () => {
    const subscription = await subscribe();
    await send(subscription, 'id: 7\ndata: x\n\n');
    await resume(subscription);
    await resume(subscription);
    expect(sentIds(subscription)).toEqual([null, '7', '7']);
    expect(subscription.snapshot().lastEventId).toBe('7');
  });

  test('is sticky in the messages', async () => {
    const ids: string[] = [];
    const subscription = await subscribe({
      onMessage: ({ lastEventId }) => void ids.push(lastEventId),
    });
    await send(subscription, 'data: a\n\nid: 7\ndata: b\n\ndata: c\n\nid: 9\n\ndata: d\n\n');
    await resume(subscription);
    await send(subscription, 'data: e\n\n');
    expect(ids).toEqual(['', '7', '7', '9', '9']);
  });

  test('is shown once it moved, by whatever block', async () => {
    const { environment, snapshot, server } = await subscribe({ events: ['wanted'] });
    server.stream.write('id: 7\n\n');
    await environment.advance(100);
    expect(snapshot().lastEventId).toBe('7');
    server.stream.write('event: unwanted\nid: 8\ndata: x\n\n');
    await environment.advance(100);
    expect(snapshot().lastEventId).toBe('8');
  });

  test('goes out as UTF-8, character by character a byte', async () => {
    const sent = await idAfter('id: é日🎉\ndata: x\n\n');
    expect(sent).toMatch(/^[\u0020-\u00ff]+$/);
    expect(asUtf8(sent)).toBe('é日🎉');
  });

  test('can be given for the first request', async () => {
    expect(await idAfter('data: x\n\n', { lastEventId: '41' })).toBe('41');
    expect(await idAfter('id: 42\ndata: x\n\n', { lastEventId: '41' })).toBe('42');
  });

  test('survives `reconnect()` and `close()`', async () => {
    const { environment, source, snapshot, ...rest } = await subscribe();
    const subscription = { environment, source, snapshot, ...rest };
    await send(subscription, 'id: 7\ndata: x\n\n');
    source.close();
    expect(snapshot().lastEventId).toBe('7');
    source.reconnect();
    await environment.settle();
    expect(sentIds(subscription)).toEqual([null, '7']);
  });

  test('wins over what `headers` says, being the newer', async () => {
    const headers = { 'Last-Event-ID': 'stale' };
    const subscription = await subscribe({ headers });
    await send(subscription, 'id: 7\ndata: x\n\n');
    await resume(subscription);
    expect(sentIds(subscription)).toEqual(['stale', '7']);
  });

  test('moves when its message is interpreted, not when it was read', async () => {
    const seen: string[] = [];
    const subscription = await subscribe({
      onMessage({ data }) {
        seen.push(data);
        if (data === 'e5') subscription.source.close();
      },
    });
    const chunk = Array.from({ length: 10 }, (_, index) => {
      return `id: ${index + 1}\ndata: e${index + 1}\n\n`;
    });
    await send(subscription, chunk.join(''));
    expect(seen).toEqual(['e1', 'e2', 'e3', 'e4', 'e5']);
    expect(subscription.snapshot()).toMatchObject({ status: 'aborted', lastEventId: '5' });

    subscription.source.reconnect();
    await subscription.environment.settle();
    expect(sentIds(subscription)).toEqual([null, '5']);
  });

  test('messages that were framed are delivered before a drop is reported', async () => {
    const subscription = await subscribe();
    subscription.server.stream.write('id: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\nda');
    await drop(subscription);
    expect(subscription.log.lines.slice(-4)).toEqual([
      'message a',
      'message b',
      'open -> waiting',
      'network, will retry',
    ]);
    expect(subscription.snapshot()).toMatchObject({ lastEventId: '2', data: 'b' });
  });
});

describe('an id that cannot be sent', () => {
  test.each([
    ['with a control character', 'a\u0007b'],
    ['with a tab', 'a\tb'],
    ['of more than 4 KiB', 'é'.repeat(2049)],
  ])('%s is left out and reported once', async (_, id) => {
    const subscription = await subscribe();
    const { log, requests } = subscription;
    await send(subscription, `id: ${id}\ndata: x\n\n`);
    await resume(subscription);
    await resume(subscription);
    expect(requests).toHaveLength(3);
    expect(sentIds(subscription)).toEqual([null, null, null]);
    const blocked = log.errors.filter(({ code }) => code === 'resume-blocked');
    expect(blocked).toHaveLength(1);
    expect(subscription.environment.warnings).toEqual([expect.stringContaining('4 KiB')]);
    expect(subscription.snapshot()).toMatchObject({ status: 'open', error: null });
  });

  test('of exactly 4 KiB is sent', async () => {
    expect(asUtf8(await idAfter(`id: ${'é'.repeat(2048)}\ndata: x\n\n`))).toBe('é'.repeat(2048));
  });
});

describe('`resume`', () => {
  test('`{ query }` sends the id in the URL, and in no header', async () => {
    const subscription = await subscribe({ resume: { query: 'last_event_id' } });
    await send(subscription, 'id: é&7\ndata: x\n\n');
    await resume(subscription);
    await send(subscription, 'id: 8\ndata: x\n\n');
    await resume(subscription);
    expect(subscription.requests.map(({ url }) => url)).toEqual([
      '/events',
      '/events?last_event_id=%C3%A9%267',
      '/events?last_event_id=8',
    ]);
    expect(sentIds(subscription)).toEqual([null, null, null]);
  });

  test('`{ query }` does not send what cannot be an id', async () => {
    const subscription = await subscribe({ resume: { query: 'id' } });
    await send(subscription, 'id: a\u0007\ndata: x\n\n');
    await resume(subscription);
    expect(subscription.requests.map(({ url }) => url)).toEqual(['/events', '/events']);
    expect(subscription.log.errors.map(({ code }) => code)).toContain('resume-blocked');
  });

  test('`false` sends no id', async () => {
    const subscription = await subscribe({ resume: false });
    await send(subscription, 'id: 7\ndata: x\n\n');
    await resume(subscription);
    expect(subscription.requests.map(({ url }) => url)).toEqual(['/events', '/events']);
    expect(sentIds(subscription)).toEqual([null, null]);
    expect(subscription.snapshot().lastEventId).toBe('7');
  });
});

describe('the rest of the request', () => {
  test('asks for an event stream that no cache answers, without a header that needs a preflight', async () => {
    const { requests } = await subscribe();
    const [request] = requests;
    expect([...(request?.headers ?? [])]).toEqual([['accept', 'text/event-stream']]);
    expect(request?.init.cache).toBe('no-store');
  });

  test('says what the caller says', async () => {
    const { requests } = await subscribe({
      headers: { Accept: 'text/event-stream;v=2' },
      requestInit: { cache: 'reload', mode: 'cors' },
      withCredentials: true,
    });
    expect(requests[0]?.headers.get('accept')).toBe('text/event-stream;v=2');
    expect(requests[0]?.init).toMatchObject({
      cache: 'reload',
      mode: 'cors',
      credentials: 'include',
    });
  });
});
