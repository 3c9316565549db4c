import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type DemoServer, startDemoServer } from '../../stories/demo-server/node-server.ts';

let server: DemoServer;

beforeEach(async () => {
  server = await startDemoServer();
});

afterEach(() => server.close());

const conversation = (...questions: string[]): RequestInit => ({
  method: 'POST',
  body: JSON.stringify({ messages: questions.map((content) => ({ role: 'user', content })) }),
});

/** The whole text of a response that ends by itself. */
async function textOf(path: string, init?: RequestInit): Promise<string> {
  const response = await fetch(`${server.url}${path}`, init);
  return await response.text();
}

/** The data of each event of a wire text. */
const dataIn = (wire: string) => wire.match(/(?<=^data: ).*$/gm) ?? [];

/** The text that tokens make together. */
function answerIn(wire: string): string {
  const tokens = dataIn(wire).filter((data) => data.startsWith('{"text"'));
  return tokens.map((data): string => JSON.parse(data).text).join('');
}

describe('the demo server, asked once', () => {
  it('answers a conversation in tokens and ends with a sentinel', async () => {
    const wire = await textOf('/api/chat?interval=0', conversation('Rivers', 'Lakes'));
    expect(answerIn(wire)).toMatch(/^You asked about “Lakes”\. This is answer 2 .* 2 messages\./);
    expect(dataIn(wire).length).toBeGreaterThan(50);
    expect(dataIn(wire).at(-1)).toBe('[DONE]');
  });

  it('breaks, cuts or spoils an answer after some tokens, for as many requests as asked', async () => {
    const ask = (query: string) => textOf(`/api/chat?interval=0&${query}`, conversation('Why?'));
    await expect(ask('trouble=break')).rejects.toThrow('terminated');
    const cut = dataIn(await ask('trouble=cut&after=3'));
    expect(cut).toHaveLength(3);
    expect(cut).not.toContain('[DONE]');
    const spoilt = dataIn(await ask('trouble=in-band&after=3'));
    expect(spoilt.slice(3)).toEqual(['{"error":"The model is overloaded."}', '[DONE]']);
    const once = 'trouble=cut&failures=1&id=once';
    expect(dataIn(await ask(once))).not.toContain('[DONE]');
    expect(dataIn(await ask(once))).toContain('[DONE]');
  });

  it('answers as OpenAI does, cuts an answer or spoils it', async () => {
    const ask = async (query: string) =>
      dataIn(await textOf(`/api/completions?interval=0&${query}`, { method: 'POST' }));
    const contentOf = (data: string) => JSON.parse(data).choices?.[0]?.delta.content;
    const whole = await ask('');
    expect(whole.slice(0, -1).map(contentOf).join('')).toMatch(/^Most begin .* runs into it\.$/);
    expect(JSON.parse(whole.at(-2) ?? '').choices).toEqual([]);
    expect(whole.at(-1)).toBe('[DONE]');
    expect((await ask('trouble=cut&after=2')).map(contentOf)).toEqual(['', 'Most', ' begin']);
    const spoilt = await ask('trouble=in-band&after=2');
    expect(JSON.parse(spoilt.at(-2) ?? '').error.message).toBe('The model is overloaded.');
  });

  it('sends bare characters as an event stream, and tokens by the thousand', async () => {
    const raw = await fetch(`${server.url}/api/raw?interval=0`);
    expect(raw.headers.get('Content-Type')).toBe('text/event-stream');
    expect(await raw.text()).not.toMatch(/^data:/m);
    const burst = dataIn(await textOf('/api/burst?count=300&rate=100000'));
    expect(burst).toHaveLength(301);
    expect(burst[299]).toBe('{"text":"300 "}');
  });

  it('sends rows with a bad one, a log, and the pixels of a picture', async () => {
    const lines = (await textOf('/api/rows?interval=0&count=11')).split('\n');
    expect(() => JSON.parse(lines[9] ?? '')).toThrow(SyntaxError);
    expect(JSON.parse(lines[10] ?? '')).toMatchObject({ number: 11, river: 'Volga' });
    const log = await textOf('/api/build-log?interval=0');
    expect(log).toContain('\nCompiling délta v0.9.1 (große Änderung ✓)\n');
    const picture = await fetch(`${server.url}/api/picture?interval=0`);
    const pixels = new Uint8Array(await picture.arrayBuffer());
    expect(pixels).toHaveLength(4 * 128 * 128);
    const sun = 4 * (48 * 128 + 64);
    expect([...pixels.subarray(sun, sun + 4)]).toEqual([255, 214, 92, 255]);
  });

  it('takes a file of a form and tells what is in it', async () => {
    const body = new FormData();
    body.set('file', new File(['one two\nthree\n'], 'words.txt'));
    const account = await textOf('/api/upload?interval=0', { method: 'POST', body });
    expect(account.split('\n')).toEqual([
      'Received words.txt, 14 bytes',
      'Line 1: 2 words',
      'Line 2: 1 words',
      '3 words in 2 lines',
      '',
    ]);
    const nothing = await fetch(`${server.url}/api/upload`, {
      method: 'POST',
      body: new FormData(),
    });
    expect(nothing.status).toBe(400);
  });

  it('stops every generator when the client goes away, before and after its first byte', async () => {
    const upload = new FormData();
    upload.set('file', new File(['one\ntwo\n'], 'words.txt'));
    const requests: [string, RequestInit?][] = [
      ['chat?interval=60000', conversation('Rivers')],
      ['chat?delay=100&interval=60000', conversation('Rivers')],
      ['raw?interval=60000'],
      ['burst?rate=1&count=1000000'],
      ['rows?interval=60000'],
      ['build-log?interval=60000'],
      ['picture?interval=60000'],
      ['upload?interval=60000', { method: 'POST', body: upload }],
    ];
    const leaving = new AbortController();
    const outcomes = requests.map(async ([path, init]) => {
      const url = `${server.url}/api/${path}&id=away`;
      const response = await fetch(url, { ...init, signal: leaving.signal });
      return response.text();
    });
    const settled = Promise.allSettled(outcomes);
    await vi.waitFor(() => expect(server.stats('away').requests).toBe(requests.length));
    await vi.waitFor(() => expect(server.openResponses()).toBeGreaterThanOrEqual(7));
    leaving.abort();
    await settled;
    await vi.waitFor(() => expect(server.openResponses()).toBe(0));
  });
});
