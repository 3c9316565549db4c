import {
  createStreamingFetch,
  type StreamError,
  type StreamErrorCode,
  type StreamingFetchOptions,
} from 'rivulet/core';
import { createMockStream } from 'rivulet/testing';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { drop, send, subscribe } from '../support/subscribe.ts';
import { createWire, type Wire } from '../support/wire.ts';

/* Applications show messages to their users: short sentences, the same wherever they run. */

afterEach(() => vi.unstubAllEnvs());

const HTML = '<!doctype html><title>secret</title>';

interface Scene {
  readonly options?: StreamingFetchOptions;
  readonly contentType?: string;
  readonly url?: string;
  readonly respond?: (index: number) => Response | Promise<Response> | undefined;
  /** What happens once the answer is there. */
  readonly next?: (wire: Wire) => Promise<void>;
}

const refuse = (): never => {
  throw new TypeError('Failed to fetch');
};
const never = () => new Promise<Response>(() => {});
const upload = () => {
  const body = new ReadableStream();
  body.getReader();
  return body;
};
const event = async (wire: Wire) => {
  await wire.send(`event: price\ndata: ${HTML}\n\n`);
};

/** How each code comes about. Downloads, and what only development throws, have tests of their own. */
const SCENES: Record<
  Exclude<StreamErrorCode, 'range' | 'sink' | 'invalid-option' | 'resume-blocked'>,
  Scene
> = {
  network: { respond: refuse },
  'http-status': { respond: () => new Response(HTML, { status: 404 }) },
  'content-type': {
    respond: () => new Response(HTML, { headers: { 'content-type': 'text/html' } }),
  },
  'no-body': { respond: () => new Response(null, { headers: { 'content-type': 'text/plain' } }) },
  truncated: { options: { endWhen: '[DONE]' }, next: (wire) => wire.close() },
  'message-too-large': { options: { maxMessageLength: 5 }, next: event },
  parse: {
    options: { parse: (): string => JSON.parse(HTML), onInvalid: 'fail' },
    next: event,
  },
  invalid: {
    options: { schema: z.string().max(3), parse: 'text', onInvalid: 'fail' },
    next: event,
  },
  'in-band': { options: { errorWhen: () => true }, next: event },
  'timeout-connect': { options: { connectTimeoutMs: 5000 }, respond: never },
  'timeout-idle': { options: { idleTimeoutMs: 5000 } },
  'timeout-message': { options: { messageTimeoutMs: 5000 } },
  'retries-exhausted': {
    options: { retry: {} },
    respond: () => new Response(HTML, { status: 503 }),
  },
  'request-setup': {
    options: {
      headers: () => {
        throw new Error('no token');
      },
    },
  },
  'body-used': { options: { body: upload() } },
  blocked: { url: 'https://api.example/', respond: refuse },
  'invalid-url': { url: 'https://ada:secret@api.example/' },
  'async-schema': {
    options: { schema: z.string().refine(async () => true), parse: 'text' },
    next: event,
  },
};

async function errorOf({
  options,
  contentType,
  url,
  respond,
  next,
}: Scene): Promise<StreamError | null> {
  const wire = createWire({
    contentType: contentType ?? 'text/event-stream',
    respond: (_, index) => {
      // The page whose policy refuses a request says so while it fails.
      wire.environment.refuseByPolicy('https://api.example');
      return respond?.(index);
    },
  });
  const run = createStreamingFetch(url ?? '/api', { ...wire.options, ...options });
  const end = run.start();
  await wire.environment.settle();
  await next?.(wire);
  await wire.environment.advance(200_000);
  const { error } = await end;
  return error;
}

const SENTENCE = /^[A-Z`][^\n]*[^.\n]\.$/;
const MARKUP = /<\/?[a-z!]/i;
const ADVICE = /\b(use|set|give|raise|let|add|make sure|see|try|instead of that)\b/i;

function expectSentence(message: string | undefined): void {
  expect(message).toMatch(SENTENCE);
  expect(message).not.toMatch(MARKUP);
  expect(message).not.toMatch(/\. [A-Z]/);
  expect(message).not.toMatch(ADVICE);
  expect(message).not.toMatch(/secret|doctype/);
  expect(message?.length).toBeLessThan(160);
}

describe.each(Object.entries(SCENES))('the message of `%s`', (code, scene) => {
  test('is one short sentence, without markup, a password or advice', async () => {
    const error = await errorOf(scene);
    expect(error?.code).toBe(code);
    expectSentence(error?.message);
  });
});

// A body that is used up cannot be set up a second time.
const repeatable = Object.entries(SCENES).filter(([code]) => code !== 'body-used');

test.each(repeatable)('the message of `%s` is the same in production', async (_, scene) => {
  const development = await errorOf(scene);
  vi.stubEnv('NODE_ENV', 'production');
  const production = await errorOf(scene);
  expect(production?.message).toBe(development?.message);
});

test('the message of `resume-blocked` is one short sentence, too', async () => {
  const subscription = await subscribe();
  await send(subscription, `id: a\tb\ndata: x\n\n`);
  await drop(subscription);
  await subscription.environment.advance(1000);
  const blocked = subscription.log.errors.find(({ code }) => code === 'resume-blocked');
  expectSentence(blocked?.message);
});

describe('advice', () => {
  const stall = () => createMockStream();

  test('is given on the console, once for each code', async () => {
    const subscription = await subscribe({ idleTimeoutMs: 1000 }, () => stall());
    await subscription.environment.advance(60_000);
    expect(subscription.requests.length).toBeGreaterThan(2);
    expect(subscription.environment.warnings).toEqual([expect.stringContaining('`timeout-idle`')]);
  });

  test('is not given in production', async () => {
    vi.stubEnv('NODE_ENV', 'production');
    const subscription = await subscribe({ idleTimeoutMs: 1000 }, () => stall());
    await subscription.environment.advance(60_000);
    expect(subscription.environment.warnings).toEqual([]);
  });
});
