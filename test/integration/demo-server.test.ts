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

/** Opens a stream, waits for its first bytes and goes away. */
async function visit(path: string): Promise<void> {
  const leaving = new AbortController();
  const response = await fetch(`${server.url}${path}`, { signal: leaving.signal });
  await response.body?.getReader().read();
  leaving.abort();
}

describe('the demo server', () => {
  it('numbers its events, resumes after the id of a header or a query, and ends at the count', async () => {
    const path = '/api/clock?interval=0&count=5&retry=500';
    const whole = await textOf(path);
    expect(fieldsOf(whole, 'id')).toEqual(['1', '2', '3', '4', '5']);
    expect(fieldsOf(whole, 'data')[4]).toBe('00:05');
    expect(fieldsOf(whole, 'retry')).toEqual(['500']);
    const byHeader = await textOf(path, { headers: { 'Last-Event-ID': '3' } });
    expect(fieldsOf(byHeader, 'id')).toEqual(['4', '5']);
    expect(fieldsOf(await textOf(`${path}&last_event_id=4`), 'id')).toEqual(['5']);
    expect(server.stats('/api/clock')).toMatchObject({
      lastEventIds: ['', '3', '4'],
      resumedBy: ['', 'header', 'query'],
    });
  });

  it('fills silence with comments when asked to', async () => {
    const wire = await textOf('/api/clock?interval=20&heartbeat=5&count=1');
    expect(wire.match(/^: heartbeat$/gm)).toHaveLength(3);
  });

  it('sends a text one character at a time under its own event name', async () => {
    const wire = await textOf('/api/named?interval=0&text=a%20%F0%9F%8C%8A');
    expect(fieldsOf(wire, 'event')).toEqual(['title', 'lol', 'lol', 'lol', 'end']);
    expect(fieldsOf(wire, 'data')).toEqual(['One letter at a time', 'a', ' ', '\u{1F30A}', 'bye']);
  });

  it('breaks a flaky connection in the middle, or ends it', async () => {
    await expect(textOf('/api/flaky?interval=0&every=2')).rejects.toThrow('terminated');
    const ended = await textOf('/api/flaky?interval=0&every=2&drop=end&last_event_id=2');
    expect(fieldsOf(ended, 'data')).toEqual(['3', '4']);
  });

  it('keeps failures, tokens and counters apart for each id', async () => {
    const path = '/api/unavailable?failures=1&retry_after=2&id=';
    const refused = await fetch(`${server.url}${path}one`);
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '2']);
    const other = await fetch(`${server.url}${path}two`);
    expect(other.status).toBe(503);
    await visit(`${path}one`);
    expect(server.stats('one').requests).toBe(2);
    expect(server.stats('two').requests).toBe(1);
  });

  it('lets only the newest token in', async () => {
    const enter = (token: string) =>
      fetch(`${server.url}/api/private?count=0`, { headers: { Authorization: `Bearer ${token}` } });
    expect((await enter('token-0')).status).toBe(401);
    const issued: unknown = JSON.parse(await textOf('/api/token', { method: 'POST' }));
    expect(issued).toEqual({ token: 'token-1' });
    expect((await enter('token-1')).status).toBe(200);
    await textOf('/api/token', { method: 'POST' });
    expect((await enter('token-1')).status).toBe(401);
  });

  it('repeats method, headers and body of a prompt before it answers', async () => {
    const wire = await textOf('/api/prompt?interval=0', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Client': 'test' },
      body: JSON.stringify({ prompt: 'Why?' }),
    });
    const [, echo = ''] = wire.split('\n\n');
    expect(echo).toMatch(/^event: request$/m);
    expect(JSON.parse(fieldsOf(echo, 'data').join('\n'))).toEqual({
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-client': 'test' },
      body: '{"prompt":"Why?"}',
    });
    expect(fieldsOf(wire, 'event')).toContain('token');
    expect(fieldsOf(wire, 'data').join('')).toContain('You asked: "Why?".');
  });

  it('ends with a sentinel, says 204 after the last event, and answers with a page', async () => {
    expect(fieldsOf(await textOf('/api/sentinel?interval=0&after=1'), 'data')).toEqual([
      '1',
      'bye',
    ]);
    const byData = await textOf('/api/sentinel?interval=0&after=1&form=data');
    expect(fieldsOf(byData, 'data')).toEqual(['1', '[DONE]']);
    const nothing = await fetch(`${server.url}/api/no-content?after=3&last_event_id=3`);
    expect(nothing.status).toBe(204);
    const page = await fetch(`${server.url}/api/html`);
    expect(page.headers.get('Content-Type')).toContain('text/html');
    expect(await page.text()).toContain('sign in');
  });

  it('sends bad frames between good ones, typed events, and log lines', async () => {
    const isJson = (text: string) => {
      try {
        return JSON.parse(text) !== undefined;
      } catch {
        return false;
      }
    };
    const readings = fieldsOf(await textOf('/api/invalid-json?interval=0&count=6'), 'data');
    expect(readings.map(isJson)).toEqual([true, true, false, true, true, true]);
    expect(JSON.parse(readings[5] ?? '')).toEqual({ number: 6, celsius: 'warm' });
    const ticker = await textOf('/api/ticker?interval=0&count=7');
    expect([...new Set(fieldsOf(ticker, 'event'))]).toEqual(['price', 'volume', 'market']);
    expect(fieldsOf(await textOf('/api/log?interval=0&count=3'), 'data')).toHaveLength(3);
    const notes = await textOf('/api/notifications?interval=0&count=2');
    expect(fieldsOf(notes, 'data')[1]).toBe('Lin shared a map of the delta');
  });

  it('stops every generator when the client goes away, and tells requests and ids', async () => {
    const paths = [
      'clock',
      'named',
      'flaky',
      'ticker',
      'log',
      'notifications',
      'stalled',
      'invalid-json',
      'sentinel',
    ];
    await Promise.all(paths.map((path) => visit(`/api/${path}?interval=60000&id=away`)));
    await vi.waitFor(() => expect(server.openResponses()).toBe(0));
    const stats: unknown = JSON.parse(await textOf('/api/stats?id=away'));
    const nothing = paths.map(() => '');
    expect(stats).toEqual({
      requests: paths.length,
      open: 0,
      lastEventIds: nothing,
      resumedBy: nothing,
    });
  });
});
