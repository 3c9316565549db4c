import { Buffer } from 'node:buffer';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DemoServer, startDemoServer } from '../../stories/demo-server/node-server.ts';

let server: DemoServer;

beforeEach(async () => {
  server = await startDemoServer();
});

afterEach(() => server.close());

/** The whole text of a response that ends by itself. */
async function textOf(path: string, init?: RequestInit): Promise<string> {
  const response = await fetch(`${server.url}${path}`, init);
  return await response.text();
}

/** The values of one field of a wire text, in order. */
function fieldsOf(wire: string, name: string): string[] {
  const lines = wire.split('\n').filter((line) => line.startsWith(`${name}: `));
  return lines.map((line) => line.slice(name.length + 2));
}

/** A stream being read: the text so far, and how it ended. */
function listen(path: string) {
  const leaving = new AbortController();
  const heard = { text: '', end: '', leave: () => leaving.abort() };
  const read = async () => {
    const response = await fetch(`${server.url}${path}`, { signal: leaving.signal });
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) heard.text += decoder.decode(chunk);
  };
  read().then(
    () => (heard.end = 'ended'),
    () => (heard.end = 'broken'),
  );
  return heard;
}

/** The slices in a wire text, as they were sent. */
const slicesIn = (wire: string): { index: number; total: number; chunk: unknown }[] =>
  fieldsOf(wire, 'data')
    .filter((data) => data.startsWith('{'))
    .map((data) => JSON.parse(data));

/** The file that slices make together, as Node reads its own Buffers. */
function fileOf(slices: ReturnType<typeof slicesIn>): string {
  const inOrder = slices.toSorted((a, b) => a.index - b.index);
  // What JSON.stringify made of a Buffer, Buffer.from makes a Buffer of.
  return Buffer.concat(inOrder.map(({ chunk }) => Buffer.from(chunk as Buffer))).toString();
}

describe('the demo server, for the guides', () => {
  it('sends a file in numbered slices that Node reads as Buffers', async () => {
    const wire = await textOf('/api/file-slices?interval=0&slices=5');
    const slices = slicesIn(wire);
    expect(slices.map(({ index, total }) => [index, total])).toEqual(
      [0, 1, 2, 3, 4].map((index) => [index, 5]),
    );
    expect(fieldsOf(wire, 'id')).toEqual(['1', '2', '3', '4', '5']);
    expect(fileOf(slices)).toMatch(/^<svg .*<\/svg>$/);
    expect(wire).toMatch(/event: end\ndata: river\.svg\n\n$/);
  });

  it('mixes, repeats, loses and drops slices when asked to, and goes on after an id', async () => {
    const path = '/api/file-slices?interval=0&order=shuffled&repeat=5&drop=10';
    const first = listen(path);
    await vi.waitFor(() => expect(first.end).toBe('broken'));
    const slices = slicesIn(first.text);
    expect(slices.map(({ index }) => index)).toEqual([3, 10, 17, 0, 7, 7, 14, 21, 4, 11]);
    const rest = slicesIn(await textOf(`${path}&last_event_id=10`));
    expect(rest[0]?.index).toBe(18);
    const byIndex = new Map([...slices, ...rest].map((slice) => [slice.index, slice]));
    expect([...byIndex.keys()].toSorted((a, b) => a - b)).toEqual([...Array(24).keys()]);
    expect(fileOf([...byIndex.values()])).toMatch(/^<svg .*<\/svg>$/);
    const lost = slicesIn(await textOf('/api/file-slices?interval=0&lose=7'));
    expect(lost).toHaveLength(23);
    expect(lost.map(({ index }) => index)).not.toContain(7);
  });

  it('writes the same pixels in base64 and as a Buffer', async () => {
    const dataOf = async (form: string) =>
      fieldsOf(await textOf(`/api/frames?interval=0&count=2&form=${form}`), 'data').slice(0, 2);
    const base64 = (await dataOf('base64')).map((data) => Buffer.from(data, 'base64'));
    const buffers = (await dataOf('buffer')).map((data) => Buffer.from(JSON.parse(data)));
    expect(base64.map(({ length }) => length)).toEqual([1024, 1024]);
    expect(base64).toEqual(buffers);
  });

  it('tells everybody in a room what one of them posted, even those who come late', async () => {
    const early = listen('/api/room?id=delta');
    const post = (body: string) => textOf('/api/room?id=delta', { method: 'POST', body });
    expect(await post('first')).toBe('{"number":1}');
    expect(await post('second')).toBe('{"number":2}');
    const late = listen('/api/room?id=delta&last_event_id=1');
    await vi.waitFor(() => expect(fieldsOf(early.text, 'data')).toEqual(['first', 'second']));
    await vi.waitFor(() => expect(fieldsOf(late.text, 'data')).toEqual(['second']));
    const other = listen('/api/room?id=spring&heartbeat=10');
    await vi.waitFor(() => expect(other.text).not.toBe(''));
    expect(fieldsOf(other.text, 'data')).toEqual([]);
    for (const { leave } of [early, late, other]) leave();
    await vi.waitFor(() => expect(server.openResponses()).toBe(0));
  });

  it('breaks, ends and refuses the streams of a laboratory on command', async () => {
    const path = '/api/laboratory?id=one&delay=0&interval=50';
    const tell = (command: string) =>
      textOf(`/api/laboratory/${command}?id=one`, { method: 'POST' });
    const dropped = listen(path);
    await vi.waitFor(() => expect(fieldsOf(dropped.text, 'data')).not.toEqual([]));
    await tell('drop');
    await vi.waitFor(() => expect(dropped.end).toBe('broken'));
    const finished = listen(path);
    await vi.waitFor(() => expect(fieldsOf(finished.text, 'data')).not.toEqual([]));
    await tell('finish');
    await vi.waitFor(() => expect(finished.end).toBe('ended'));
    expect(finished.text).toMatch(/event: end\ndata: bye\n\n$/);
    await tell('unavailable');
    const unavailable = await fetch(`${server.url}${path}`);
    expect([unavailable.status, unavailable.headers.get('Retry-After')]).toEqual([503, '2']);
    await tell('forbidden');
    expect((await fetch(`${server.url}${path}`)).status).toBe(403);
    expect(await tell('nonsense')).toContain('no such command');
    // Commands are no requests of the stream.
    expect(server.stats('one').requests).toBe(4);
  });

  it('makes one order for each key, breaks off its first telling, and goes on with the second', async () => {
    const order = (headers: Record<string, string>) => {
      const init = { method: 'POST', headers };
      return textOf('/api/orders?interval=0', init).catch(() => 'broken');
    };
    expect(await order({ 'Idempotency-Key': 'a' })).toBe('broken');
    const known = await order({ 'Idempotency-Key': 'a', 'Last-Event-ID': '2' });
    expect(fieldsOf(known, 'data')).toEqual([
      '{"order":1,"step":"packed","made":1}',
      '{"order":1,"step":"shipped","made":1}',
      'bye',
    ]);
    expect(await order({})).toBe('broken');
    expect(await order({})).toBe('broken');
    const other = await order({ 'Idempotency-Key': 'a', 'Last-Event-ID': '3' });
    expect(fieldsOf(other, 'data')[0]).toBe('{"order":1,"step":"shipped","made":3}');
  });
});
