import { createEventSource, createStreamingFetch, isStreamError } from 'rivulet/core';
import { inPage } from 'rivulet/share';
import { describe, expect, test } from 'vitest';
import { checkOptions, checkRequest } from '../../../src/core/controller/check-options.ts';

/** What is said about options, `undefined` for nothing. */
const complaintAbout = (options: object) => complaintOf(() => checkOptions(options));

function complaintOf(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    if (!isStreamError(error) || error.code !== 'invalid-option') throw error;
    return error.message;
  }
}

const schema = { '~standard': { version: 1, vendor: 'test', validate: () => ({ value: 1 }) } };
const callable = Object.assign(() => {}, schema);
const noop = () => {};

/** Every option: what it must be, values that are, and values that are not. */
const OPTIONS: Record<string, [must: string, right: unknown[], wrong: unknown[]]> = {
  ...Object.fromEntries(
    ['method', 'lastEventId', 'sizeHeader'].map((name) => {
      return [name, ['a string', ['PUT', ''], [7, null, {}]]];
    }),
  ),
  ...Object.fromEntries(
    ['withCredentials', 'keepPrevious', 'enabled', 'pauseWhenHidden', 'autoStart', 'resumable'].map(
      (name) => [name, ['a boolean', [true, false], ['true', 1, null]]],
    ),
  ),
  ...Object.fromEntries(
    [
      'fetch',
      'onUnauthorized',
      'onOpen',
      'onChunk',
      'onError',
      'onStatusChange',
      'onMessage',
      'onComment',
      'onProgress',
      'toText',
      'errorWhen',
      'accumulate',
      'openSink',
    ].map((name) => [name, ['a function', [noop, async () => {}], [true, 'noop', {}, null]]]),
  ),
  ...Object.fromEntries(
    ['connectTimeoutMs', 'idleTimeoutMs', 'messageTimeoutMs'].map((name) => {
      const right = [1, 0.5, Number.POSITIVE_INFINITY];
      return [name, ['a number of ms greater than 0', right, [0, -1, Number.NaN, '5']]];
    }),
  ),
  ...Object.fromEntries(
    ['maxMessageLength', 'maxTextLength'].map((name) => {
      const right = [1, 1e9, Number.POSITIVE_INFINITY];
      return [name, ['a number greater than 0, or Infinity', right, [0, -1, Number.NaN, '5']]];
    }),
  ),
  fileName: ['a string, or a function', ['report.pdf', noop], [7, null]],
  accept: ['media types', ['application/pdf', ['image/png']], [7, [7]]],
  share: [
    '`inPage` or `acrossTabs`, which are imported from rivulet/share',
    [inPage],
    [true, 'page'],
  ],
  maxMessages: [
    'a whole number of 0 or more, or Infinity',
    [0, 100, Number.POSITIVE_INFINITY],
    [-1, 1.5, Number.NaN, '5'],
  ],
  expectedBytes: [
    'a number of bytes, 0 or more',
    [0, 1e9],
    [-1, Number.NaN, Number.POSITIVE_INFINITY],
  ],
  key: ['a string, or a number', ['user', 7], [Number.NaN, {}, null]],
  flush: [
    "'auto', 'frame', 'sync', or a number of ms, 0 or more",
    ['auto', 'frame', 'sync', 0, 50],
    ['never', -1, Number.NaN, Number.POSITIVE_INFINITY],
  ],
  credentials: [
    "'omit', 'same-origin', 'include'",
    ['omit', 'same-origin', 'include'],
    ['all', true],
  ],
  onInvalid: ["'report', 'skip', 'fail'", ['report', 'skip', 'fail'], ['throw', noop]],
  framing: [
    "'auto', 'text', 'lines', 'sse', 'ndjson', 'bytes', or a function that returns one",
    ['auto', 'text', 'lines', 'sse', 'ndjson', 'bytes', noop],
    ['json', 'Lines', null],
  ],
  whenBusy: ["'replace', 'ignore'", ['replace', 'ignore'], ['queue', false]],
  as: ["'blob', 'bytes', 'text', 'json'", ['blob', 'bytes', 'text', 'json'], ['file', null]],
  parse: ["'text', 'json', or a function", ['text', 'json', noop], ['yaml', {}]],
  signal: ['an AbortSignal', [new AbortController().signal], [new AbortController(), true]],
  requestInit: [
    'an object without method, headers, body, signal, credentials, which are options of their own',
    [{ priority: 'low' }],
    ['low', null, { headers: {} }, { method: 'PUT' }],
  ],
  environment: ['an object', [{}], ['node', null]],
  headers: [
    'headers, or a function that returns them',
    [{ a: 'b' }, [['a', 'b']], new Headers(), () => ({})],
    ['a: b', null],
  ],
  retry: ['false or an object', [false, {}], [true, 3, null]],
  events: ['an array of strings', [[], ['price']], ['price', [7]]],
  on: [
    'an object of functions by event name',
    [{}, { price: noop, other: undefined }],
    [noop, { price: 7 }],
  ],
  schema: [
    'a Standard Schema, or an object of them by event name',
    [schema, callable, { price: schema }],
    [noop, 'zod', { price: noop }],
  ],
  endWhen: [
    'a string, a function, or { event: string }',
    ['[DONE]', '', noop, { event: 'end' }],
    [7, null, {}, { event: 7 }],
  ],
  resume: [
    "'header', false or { query: string }",
    ['header', false, { query: 'last_event_id' }],
    ['query', true, {}, { query: 7 }],
  ],
  saveTo: [
    'a file handle, a WritableStream, or a function that returns one',
    [new WritableStream(), noop],
    ['file.bin', null],
  ],
};

const RETRY_OPTIONS: typeof OPTIONS = {
  baseDelayMs: ['a number of ms, 0 or more', [0, 1000], [-1, Number.NaN, '1s']],
  maxDelayMs: ['a number of ms, 0 or more', [0, 1000], [-1, Number.POSITIVE_INFINITY]],
  maxAttempts: [
    'a whole number of 1 or more, or Infinity',
    [1, Number.POSITIVE_INFINITY],
    [0, 1.5, Number.NaN],
  ],
  statuses: [
    'an array of status numbers, or a function of the default ones',
    [[], [503], () => [503]],
    [503, ['503']],
  ],
  methods: ['an array of strings', [[], ['POST']], ['POST', [1]]],
  shouldRetry: ['a function', [noop], [true]],
};

/** A value as messages show it. */
function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  return typeof value === 'number' ? `${value}` : JSON.stringify(value);
}

describe('an option', () => {
  test.each(Object.entries(OPTIONS))(
    '%s must be what its type says',
    (name, [must, right, wrong]) => {
      for (const value of [undefined, ...right]) {
        expect(complaintAbout({ [name]: value })).toBeUndefined();
      }
      for (const value of wrong) {
        expect(complaintAbout({ [name]: value })).toBe(
          `rivulet: the option \`${name}\` must be ${must}; it is ${shown(value)}.`,
        );
      }
    },
  );

  test.each(Object.entries(RETRY_OPTIONS))(
    'retry.%s must be what its type says',
    (name, [must, right, wrong]) => {
      for (const value of [undefined, ...right]) {
        expect(complaintAbout({ retry: { [name]: value } })).toBeUndefined();
      }
      for (const value of wrong) {
        expect(complaintAbout({ retry: { [name]: value } })).toBe(
          `rivulet: the option \`retry.${name}\` must be ${must}; it is ${shown(value)}.`,
        );
      }
    },
  );

  test('that is no option is nobody’s mistake', () => {
    expect(complaintAbout({ other: 7, constructor: 7 })).toBeUndefined();
  });

  test('is shown short, whatever it is', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    expect(complaintAbout({ method: cyclic })).toContain('it is [object Object].');
    expect(complaintAbout({ method: Symbol('put') })).toContain('it is Symbol(put).');
    expect(complaintAbout({ method: ['x'.repeat(1000)] })?.length).toBeLessThan(200);
  });
});

describe('half of a pair', () => {
  test.each([
    [{ reduce: noop }, '`reduce` needs `initialState`, the state before the first message.'],
    [{ initialState: 0 }, '`initialState` needs `reduce`, which makes the next state from it.'],
    [
      { credentials: 'include', withCredentials: true },
      '`withCredentials` and `credentials` mean the same: give one of them.',
    ],
    [
      { reduce: noop, initialState: 0, accumulate: noop },
      '`reduce` and `accumulate` both make `state`: give one of them.',
    ],
    [
      { method: 'get', body: 'text' },
      '`method` GET sends no `body`: use POST, or put the data into the URL.',
    ],
    [
      { method: 'HEAD', body: {} },
      '`method` HEAD sends no `body`: use POST, or put the data into the URL.',
    ],
  ])('or two that exclude each other: %o', (options, complaint) => {
    expect(complaintAbout(options)).toBe(`rivulet: the option ${complaint}`);
  });

  test.each([
    { reduce: noop, initialState: undefined },
    { reduce: noop, initialState: 0 },
    { body: 'text' },
    { method: 'PUT', body: 'text' },
    { method: 'GET', body: null },
  ])('is none where both are there, or neither: %o', (options) => {
    expect(complaintAbout(options)).toBeUndefined();
  });
});

describe('options that were checked before', () => {
  test('are not looked at again where nothing changed', () => {
    const options = { maxMessages: -1 };
    expect(complaintOf(() => checkOptions({ ...options }, options))).toBeUndefined();
  });

  test('are looked at again where one changed', () => {
    const before = { maxMessages: 5, key: 'a' };
    expect(complaintOf(() => checkOptions({ ...before, maxMessages: -1 }, before))).toBeDefined();
  });

  test('may have another function in the place of a function', () => {
    const before = { onMessage: noop, maxMessages: -1 };
    const now = { onMessage: () => {}, maxMessages: -1 };
    expect(complaintOf(() => checkOptions(now, before))).toBeUndefined();
  });
});

test('a component is checked where its URL or an option changed', () => {
  const checked = {};
  const check = (url: string, options: object) => checkRequest(url, options, false, checked);
  const mistaken = { maxMessages: -1 };
  expect(complaintOf(() => check('/a', mistaken))).toBeDefined();
  expect(complaintOf(() => check('/a', {}))).toBeUndefined();
  expect(complaintOf(() => check('', {}))).toBeDefined();
});

describe('a URL', () => {
  test.each([
    ['text', '/events'],
    ['a URL', new URL('https://api.example/')],
    ['what has an `href`', { href: '/events' }],
    ['null', null],
    ['a function', () => '/events'],
  ])('may be %s', (_, url) => {
    expect(complaintOf(() => checkRequest(url, {}, false))).toBeUndefined();
  });

  test.each(['', undefined, false, true, 7, {}, { href: '' }, []])('is never %j', (url) => {
    expect(complaintOf(() => checkRequest(url, {}, false))).toContain('`url` must be a URL');
  });

  test.each<[string, object, boolean]>([
    ['where the hook starts by itself', {}, true],
    ['where it is shared', { share: inPage }, false],
  ])('that a function gives needs a `key` %s', (_, options, startsItself) => {
    const url = () => '/events';
    expect(complaintOf(() => checkRequest(url, options, startsItself))).toContain('`key`');
    const keyed = { ...options, key: 'inbox' };
    expect(complaintOf(() => checkRequest(url, keyed, startsItself))).toBeUndefined();
  });
});

describe('a controller', () => {
  test.each([
    () => createEventSource('/api', { maxMessages: Number.NaN }),
    () => createStreamingFetch('/api', { maxTextLength: -1 }),
  ])('refuses wrong options when it is made', (create) => {
    expect(create).toThrow(/^rivulet: the option `max\w+` must be .*; it is (NaN|-1)\.$/);
  });

  test('names what to import in place of `share: true`', () => {
    // Plain JavaScript may still say what an earlier version took.
    const options: object = { share: true };
    expect(() => createEventSource('/api', options)).toThrow(/`inPage`.*rivulet\/share/);
  });
});
