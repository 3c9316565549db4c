import type { EventSourceOptions } from 'rivulet/core';
import { createMockStream } from 'rivulet/testing';
import { describe, expect, test } from 'vitest';
import { atFirst, drop, send, subscribe } from '../../support/subscribe.ts';

const page = (contentType: string | null, body = '<!doctype html><title>Sign in</title>') => {
  return new Response(new TextEncoder().encode(body), {
    headers: contentType === null ? {} : { 'content-type': contentType },
  });
};

describe('the content type', () => {
  test.each([
    'text/event-stream',
    'text/event-stream; charset=utf-8',
    'text/event-stream;charset=iso-8859-1',
    'Text/Event-Stream',
    ' TEXT/EVENT-STREAM ; x=y',
    'application/json, text/event-stream; charset=utf-8',
  ])('%j is accepted', async (contentType) => {
    const stream = createMockStream({ headers: { 'content-type': contentType } });
    const { snapshot, log, environment } = await subscribe({}, () => stream);
    stream.send('é');
    await environment.settle();
    expect(snapshot().status).toBe('open');
    expect(log.lines).toContain('message é');
  });

  test.each([
    ['text/html; charset=utf-8', 'text/html'],
    ['application/json', 'application/json'],
    ['text/event-streams', 'text/event-streams'],
    ['text/plain', 'text/plain'],
    [null, 'no content type'],
  ])('%j fails, and the error keeps the start of the body', async (contentType, named) => {
    const { snapshot, environment, requests } = await subscribe({}, () => page(contentType));
    const { status, error } = snapshot();
    expect(status).toBe('failed');
    expect(error).toMatchObject({
      code: 'content-type',
      status: 200,
      body: '<!doctype html><title>Sign in</title>',
    });
    expect(error?.headers?.get('content-type')).toBe(contentType);
    expect(error?.message).toBe(`The server sent ${named} instead of text/event-stream.`);
    await environment.advance(100_000);
    expect(requests).toHaveLength(1);
  });

  test('HTML gets a hint about login pages, once per answer', async () => {
    const { environment } = await subscribe({}, () => page('text/html'));
    expect(environment.warnings).toHaveLength(1);
    expect(environment.warnings[0]).toContain('login page');
  });

  test('a response without a body fails', async () => {
    const bodiless = () => new Response(null, { headers: { 'content-type': 'text/event-stream' } });
    const { snapshot } = await subscribe({}, bodiless);
    expect(snapshot()).toMatchObject({ status: 'failed', error: { code: 'no-body', status: 200 } });
  });
});

describe('the end of the body', () => {
  /** What becomes of a stream that says this and ends cleanly. */
  async function statusAfter(text: string, options: EventSourceOptions = {}) {
    const subscription = await subscribe(options);
    await send(subscription, text);
    if (subscription.server.stream.isOpen) subscription.server.stream.close();
    await subscription.environment.settle();
    return { ...subscription, status: subscription.snapshot().status };
  }

  test('reconnects a subscription', async () => {
    const { status, environment, snapshot } = await statusAfter('data: x\n\n');
    expect(status).toBe('waiting');
    await environment.advance(100);
    expect(snapshot()).toMatchObject({ status: 'open', attempt: 2 });
  });

  test('discards an unfinished block unseen', async () => {
    const { log, snapshot } = await statusAfter('id: 1\ndata: x\n\nid: 2\ndata: y\n');
    expect(log.lines.filter((line) => line.startsWith('message'))).toEqual(['message x']);
    expect(snapshot()).toMatchObject({ data: 'x', lastEventId: '1' });
  });

  test.each<[string, string, EventSourceOptions, string]>([
    ['data that is the sentinel', 'data: [DONE]\n\n', { endWhen: '[DONE]' }, 'done'],
    ['a sentinel without its blank line', 'data: [DONE]\n', { endWhen: '[DONE]' }, 'done'],
    ['a sentinel without any line end', 'data: [DONE]', { endWhen: '[DONE]' }, 'done'],
    ['a sentinel that ends in CR', 'data: [DONE]\r', { endWhen: '[DONE]' }, 'done'],
    ['half of a sentinel', 'data: [DON', { endWhen: '[DONE]' }, 'waiting'],
    ['a sentinel of several lines', 'data: a\ndata: b\n\n', { endWhen: 'a\nb' }, 'done'],
    ['a sentinel with white space after it', 'data: [DONE] \n\n', { endWhen: '[DONE]' }, 'done'],
    ['data that only contains it', 'data: x [DONE]\n\n', { endWhen: '[DONE]' }, 'waiting'],
    ['an empty sentinel', 'data\n\n', { endWhen: '' }, 'done'],
    [
      'an event that is the sentinel',
      'event: end\ndata\n\n',
      { endWhen: { event: 'end' } },
      'done',
    ],
    ['an unfinished event', 'event: end\ndata: x', { endWhen: { event: 'end' } }, 'done'],
    ['an event without data', 'event: end\n\n', { endWhen: { event: 'end' } }, 'waiting'],
    ['an unfinished event without data', 'event: end', { endWhen: { event: 'end' } }, 'waiting'],
    ['the event `message`', 'data: x\n\n', { endWhen: { event: 'message' } }, 'done'],
    [
      'a predicate that an unfinished block would satisfy',
      'data: [DONE]',
      { endWhen: ({ data }) => data === '[DONE]' },
      'done',
    ],
    [
      'a predicate that says no to an unfinished block',
      'data: [DONE]',
      { endWhen: () => false },
      'waiting',
    ],
    ['no sentinel at all', 'data: [DONE]\n\n', {}, 'waiting'],
  ])('%s', async (_, text, options, expected) => {
    const { status } = await statusAfter(text, options);
    expect(status).toBe(expected);
  });

  test('is not asked for a sentinel after a drop', async () => {
    const subscription = await subscribe({ endWhen: '[DONE]' });
    await send(subscription, 'data: [DONE]\n');
    await drop(subscription);
    expect(subscription.snapshot().status).toBe('waiting');
  });

  test('a string or event sentinel is neither parsed nor delivered, and its id counts', async () => {
    const parsed: string[] = [];
    const subscription = await subscribe({
      endWhen: '[DONE]',
      parse: ({ data }) => {
        parsed.push(data);
        return data;
      },
    });
    await send(subscription, 'id: 1\ndata: x\n\nid: 2\ndata: [DONE]\n\ndata: late\n\n');
    expect(parsed).toEqual(['x']);
    expect(subscription.log.lines.slice(-2)).toEqual(['message x', 'open -> done']);
    expect(subscription.snapshot()).toMatchObject({ status: 'done', data: 'x', lastEventId: '2' });
    expect(subscription.server.stream.isCancelled).toBe(true);
  });

  test('a predicate sees messages after they were delivered', async () => {
    const subscription = await subscribe({ endWhen: ({ data }) => data === 'last' });
    await send(subscription, 'data: first\n\ndata: last\n\ndata: late\n\n');
    expect(subscription.log.lines.slice(-3)).toEqual([
      'message first',
      'message last',
      'open -> done',
    ]);
    expect(subscription.snapshot()).toMatchObject({ status: 'done', data: 'last' });
  });

  test('a predicate that throws counts as no', async () => {
    const trouble = new Error('in the predicate');
    const subscription = await subscribe({
      endWhen: () => {
        throw trouble;
      },
    });
    await send(subscription, 'data: x\n\n');
    expect(subscription.snapshot().status).toBe('open');
    expect(subscription.environment.reported).toEqual([trouble]);
  });
});

describe('a message that is too large', () => {
  test('fails, after all that came before it was delivered', async () => {
    const subscription = await subscribe({ maxMessageLength: 10 });
    await send(subscription, `data: 1234567890\n\ndata: 12345678901\n\ndata: late\n\n`);
    expect(subscription.log.lines.slice(-3)).toEqual([
      'message 1234567890',
      'open -> failed',
      'message-too-large, final',
    ]);
    expect(subscription.snapshot().error?.message).toContain('10 characters');
    expect(subscription.server.stream.isCancelled).toBe(true);
  });

  test('fails before it is complete, so that it cannot fill the memory', async () => {
    const subscription = await subscribe({ maxMessageLength: 1000 });
    await send(subscription, `data: ${'x'.repeat(5000)}`);
    expect(subscription.snapshot()).toMatchObject({
      status: 'failed',
      error: { code: 'message-too-large' },
    });
  });

  test('has 16 Mi characters by default', async () => {
    const line = `data: ${'x'.repeat(16 * 1024 * 1024)}`;
    const fits = await subscribe();
    await send(fits, `${line}\n\n`);
    expect(fits.snapshot().status).toBe('open');
    expect(fits.snapshot().data).toHaveLength(16 * 1024 * 1024);
    const isTooLong = await subscribe();
    await send(isTooLong, `${line}x\n\n`);
    expect(isTooLong.snapshot().error?.code).toBe('message-too-large');
  });

  test('does not exist with `Infinity`', async () => {
    const subscription = await subscribe({ maxMessageLength: Infinity });
    await send(subscription, `data: ${'x'.repeat(17 * 1024 * 1024)}\n\n`);
    expect(subscription.snapshot().data).toHaveLength(17 * 1024 * 1024);
  });
});

describe('redirects', () => {
  test('the origin of a message is that of the final URL, and the next request asks the first', async () => {
    const origins: string[] = [];
    const subscription = await subscribe(
      { onMessage: ({ origin }) => void origins.push(origin) },
      (_, index) => {
        if (index > 0) return undefined;
        const response = new Response('data: a\n\n', {
          headers: { 'content-type': 'text/event-stream' },
        });
        Object.defineProperty(response, 'url', { value: 'https://eu.example/stream' });
        return response;
      },
    );
    await subscription.environment.advance(100);
    await send(subscription, 'data: b\n\n');
    expect(origins).toEqual(['https://eu.example', 'http://localhost']);
    expect(subscription.requests.map(({ url }) => url)).toEqual(['/events', '/events']);
  });
});

test('a stream that starts with an error page is not read as one', async () => {
  const { log } = await subscribe(
    {},
    atFirst(() => page('text/html', 'data: x\n\n')),
  );
  expect(log.lines).not.toContain('message x');
});
