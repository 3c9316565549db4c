import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DemoServer, startDemoServer } from '../../stories/demo-server/node-server.ts';

let server: DemoServer;

beforeEach(async () => {
  server = await startDemoServer();
});

afterEach(() => server.close());

const SIZE = 240_000;
const QUICK = 'interval=0&chunk=40000';

const ask = (query = '', headers: Record<string, string> = {}) =>
  fetch(`${server.url}/api/files/levels.csv?${QUICK}&${query}`, { headers });

const headersOf = ({ headers }: Response, ...names: string[]) =>
  names.map((name) => headers.get(name));

/** What arrives of a body that breaks off. */
async function brokenBodyOf(response: Response): Promise<number> {
  let loaded = 0;
  const reader = response.body?.getReader();
  await expect(
    (async () => {
      for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
        loaded += part.value.length;
      }
    })(),
  ).rejects.toThrow('terminated');
  return loaded;
}

describe('the files of the demo server', () => {
  it('are the same at every visit, with a length, an ETag and a name in UTF-8', async () => {
    const first = await ask();
    expect(headersOf(first, 'Content-Length', 'ETag', 'Accept-Ranges')).toEqual([
      `${SIZE}`,
      '"version-1"',
      'bytes',
    ]);
    expect(first.headers.get('Content-Disposition')).toBe(
      `attachment; filename="Pegelst_nde _Rhein_ 2026 _.csv"; filename*=UTF-8''` +
        'Pegelst%C3%A4nde%20%E2%80%9CRhein%E2%80%9D%202026%20%F0%9F%8C%8A.csv',
    );
    const text = await first.text();
    expect(text).toHaveLength(SIZE);
    expect(text).toMatch(/^row,river,level_cm,version 1\n1,Danube,237\n2,Mekong,274\n/);
    expect(await (await ask()).text()).toBe(text);
  });

  it('are sent in parts, as Range and If-Range ask', async () => {
    const whole = await (await ask()).text();
    const rest = await ask('', { Range: 'bytes=1000-', 'If-Range': '"version-1"' });
    expect(rest.status).toBe(206);
    expect(headersOf(rest, 'Content-Range', 'Content-Length')).toEqual([
      `bytes 1000-${SIZE - 1}/${SIZE}`,
      `${SIZE - 1000}`,
    ]);
    expect(await rest.text()).toBe(whole.slice(1000));
    const middle = await ask('', { Range: 'bytes=10-19' });
    expect(middle.headers.get('Content-Range')).toBe(`bytes 10-19/${SIZE}`);
    expect(await middle.text()).toBe(whole.slice(10, 20));
    const other = await ask('', { Range: 'bytes=1000-', 'If-Range': '"version-0"' });
    expect([other.status, (await other.text()).length]).toEqual([200, SIZE]);
    const beyond = await ask('', { Range: `bytes=${SIZE}-` });
    expect([beyond.status, beyond.headers.get('Content-Range')]).toEqual([416, `bytes */${SIZE}`]);
  });

  it('come without a length or without ranges, and an unknown one not at all', async () => {
    const unknown = await ask('length=none');
    expect(headersOf(unknown, 'Content-Length', 'Transfer-Encoding')).toEqual([null, 'chunked']);
    expect(await unknown.text()).toHaveLength(SIZE);
    const plain = await ask('ranges=none', { Range: 'bytes=1000-' });
    expect([plain.status, ...headersOf(plain, 'ETag', 'Accept-Ranges')]).toEqual([200, null, null]);
    expect(await plain.text()).toHaveLength(SIZE);
    const missing = await fetch(`${server.url}/api/files/nothing.csv`);
    expect([missing.status, await missing.json()]).toEqual([
      404,
      { error: 'There is no such file.' },
    ]);
  });

  it('come in gzip, whose length is not theirs, with a header that has it', async () => {
    const whole = await (await ask()).text();
    const encoded = await ask('encoding=gzip&sized');
    expect(headersOf(encoded, 'Content-Encoding', 'X-File-Size')).toEqual(['gzip', `${SIZE}`]);
    const length = Number(encoded.headers.get('Content-Length'));
    expect(length).toBeGreaterThan(0);
    expect(length).toBeLessThan(SIZE / 2);
    expect(await encoded.text()).toBe(whole);
    expect((await ask('encoding=gzip')).headers.get('X-File-Size')).toBeNull();
  });

  it('break off once for each id, or always end too early', async () => {
    const dropping = 'drop=80000&id=drops';
    expect(await brokenBodyOf(await ask(dropping))).toBe(80_000);
    const rest = await ask(dropping, { Range: 'bytes=80000-' });
    expect(await rest.text()).toHaveLength(SIZE - 80_000);
    expect(await brokenBodyOf(await ask('drop=80000&id=other'))).toBe(80_000);
    expect(await brokenBodyOf(await ask('truncate=80000&id=cut'))).toBe(80_000);
    expect(await brokenBodyOf(await ask('truncate=80000&id=cut'))).toBe(80_000);
  });

  it('change between two requests of an id, and no part of the new fits the old', async () => {
    const first = await ask('changes&id=new');
    expect(first.headers.get('ETag')).toBe('"version-1"');
    const text = await first.text();
    const second = await ask('changes&id=new', {
      Range: 'bytes=1000-',
      'If-Range': '"version-1"',
    });
    expect([second.status, second.headers.get('ETag')]).toEqual([200, '"version-2"']);
    const changed = await second.text();
    expect(changed).toHaveLength(SIZE);
    expect(changed.slice(1000)).not.toBe(text.slice(1000));
  });

  it('tell what was asked of them, apart for each id', async () => {
    await (await ask('id=mine', { Range: 'bytes=0-' })).text();
    await (await ask('id=mine', { Range: 'bytes=5-', 'If-Range': '"version-9"' })).text();
    const asked = await fetch(`${server.url}/api/files/asked?id=mine`);
    expect(await asked.json()).toEqual([
      { range: 'bytes=0-', ifRange: '', status: 206 },
      { range: 'bytes=5-', ifRange: '"version-9"', status: 200 },
    ]);
    expect(server.stats('mine').requests).toBe(2);
    expect(await (await fetch(`${server.url}/api/files/asked?id=theirs`)).json()).toEqual([]);
  });

  it('stop being made when the client goes away, whole, in part or in gzip', async () => {
    const leaving = new AbortController();
    const slow = `${server.url}/api/files/levels.csv?interval=60000&id=away`;
    const requests = ['', '&length=none', '&encoding=gzip', '&drop=100000'].map(async (query) => {
      const response = await fetch(`${slow}${query}`, { signal: leaving.signal });
      return response.text();
    });
    const settled = Promise.allSettled(requests);
    await vi.waitFor(() => expect(server.stats('away').open).toBe(4));
    leaving.abort();
    const outcomes = await settled;
    expect(outcomes.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    await vi.waitFor(() => expect(server.openResponses()).toBe(0));
  });
});
