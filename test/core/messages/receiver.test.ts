import { type } from 'arktype';
import { each, StreamError } from 'rivulet/core';
import { createTestEnvironment } from 'rivulet/testing';
import * as v from 'valibot';
import { describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import {
  createReceiver,
  isSentinel,
  type ReceiverOptions,
} from '../../../src/core/messages/receiver.ts';

const raw = (data: string, event = 'message') => {
  return { event, data, lastEventId: '', origin: 'https://api.example' };
};

const message = (data: string, event?: string) => ({ ...raw(data, event), value: data });

/** A receiver, and everything that becomes of its messages, in order. */
function setUp(options: ReceiverOptions) {
  const environment = createTestEnvironment();
  const log: unknown[] = [];
  const delivered: { readonly value: unknown; readonly text: string }[] = [];
  const reported: StreamError[] = [];
  const refused: StreamError[] = [];
  let isOpen = true;
  const receiver = createReceiver({
    environment,
    options: () => options,
    isOpen: () => isOpen,
    state: () => refused,
    fail: (code, text, details) => new StreamError(code, text, details),
    textOf: ({ data }) => String(data),
    accumulate({ value }, text) {
      delivered.push({ value, text });
      log.push('accumulate');
    },
    report: (error) => void reported.push(error),
    refuse(error) {
      refused.push(error);
      isOpen = false;
    },
    end() {
      log.push('end');
      isOpen = false;
    },
  });
  return { ...receiver, environment, log, delivered, reported, refused };
}

function valueOf(data: string, options: ReceiverOptions, event?: string): unknown {
  const { receive, delivered } = setUp(options);
  receive(message(data, event));
  return delivered[0]?.value;
}

/** What a message that cannot be read is reported as. */
function reportOf(data: string, options: ReceiverOptions, event?: string): StreamError | undefined {
  const { receive, delivered, reported } = setUp(options);
  expect(receive(message(data, event))).toBe(false);
  expect(delivered).toEqual([]);
  return reported[0];
}

describe('`parse`', () => {
  test('leaves text as it is by default', () => {
    expect(valueOf('{"a":1}', {})).toBe('{"a":1}');
    expect(valueOf('{"a":1}', { parse: 'text' })).toBe('{"a":1}');
  });

  test('of the caller is given the raw message, and nothing that is made of it', () => {
    expect(valueOf('1', { parse: (given: object) => given })).toEqual(raw('1'));
  });

  test("'json' reads JSON", () => {
    expect(valueOf('{"a":[1,null]}', { parse: 'json' })).toEqual({ a: [1, null] });
  });

  test('may be a function of the raw message', () => {
    const parse = ({ data, event }: { data: string; event: string }) => `${event} ${data}`;
    expect(valueOf('x', { parse }, 'price')).toBe('price x');
  });

  test.each<[string, ReceiverOptions]>([
    ['JSON that is none', { parse: 'json' }],
    [
      'a function that throws',
      {
        parse: () => {
          throw new SyntaxError('What is that?');
        },
      },
    ],
  ])('fails as `parse`, with the event and without the data: %s', (_, options) => {
    expect(reportOf(`<html>${'x'.repeat(500)}`, options, 'price')).toMatchObject({
      code: 'parse',
      message: 'A message of event "price" could not be parsed.',
      cause: expect.any(SyntaxError),
    });
  });
});

const libraries = {
  zod: {
    price: z.object({ price: z.number() }),
    doubled: z.number().transform((value) => value * 2),
  },
  valibot: {
    price: v.object({ price: v.number() }),
    doubled: v.pipe(
      v.number(),
      v.transform((value) => value * 2),
    ),
  },
  arktype: {
    price: type({ price: 'number' }),
    doubled: type('number').pipe((value) => value * 2),
  },
};

describe.each(Object.entries(libraries))('a schema of %s', (_, { price, doubled }) => {
  test('reads JSON and gives its output', () => {
    expect(valueOf('{"price":3}', { schema: price })).toEqual({ price: 3 });
    expect(valueOf('21', { schema: doubled })).toBe(42);
  });

  test('judges what `parse` made', () => {
    expect(valueOf('price 3', { schema: doubled, parse: () => 5 })).toBe(10);
    expect(reportOf('21', { schema: doubled, parse: 'text' })).toMatchObject({ code: 'invalid' });
  });

  test('fails as `invalid`, with the path and the issue', () => {
    const error = reportOf('{"price":"three"}', { schema: price }, 'quote');
    expect(error).toMatchObject({ code: 'invalid' });
    expect(String(error)).toMatch(/"quote".*price: .*number/s);
  });

  test('fails as `parse` where the data is not JSON', () => {
    expect(reportOf('three', { schema: price })).toMatchObject({ code: 'parse' });
  });

  test('by event name applies to its event only', () => {
    const schema = { quote: price };
    expect(valueOf('{"price":3}', { schema }, 'quote')).toEqual({ price: 3 });
    expect(reportOf('{"price":"x"}', { schema }, 'quote')).toMatchObject({ code: 'invalid' });
    const events = ['other', 'toString'];
    expect(valueOf('{"price":"x"}', { schema, events }, 'other')).toEqual({ price: 'x' });
    expect(valueOf('1', { schema, events }, 'toString')).toBe(1);
  });
});

test.each([
  ['zod', z.number().refine(async () => true)],
  [
    'valibot',
    v.pipeAsync(
      v.number(),
      v.checkAsync(async () => true),
    ),
  ],
])('an asynchronous schema of %s ends the stream', async (_, schema) => {
  const { receive, environment, reported, refused } = setUp({ schema });
  expect(receive(message('1'))).toBe(false);
  await environment.settle();
  expect(refused).toMatchObject([{ code: 'async-schema' }]);
  expect(reported).toEqual([]);
});

test('a schema that throws makes the message invalid', () => {
  const validate = () => {
    throw new Error('broken schema');
  };
  const schema = { '~standard': { version: 1 as const, vendor: 'test', validate } };
  const error = reportOf('1', { schema });
  expect(error).toMatchObject({ code: 'invalid' });
  expect(String(error)).toContain('broken schema');
});

test('issues without a path, and with keys as objects, are told', () => {
  const issues = [{ message: 'is odd' }, { message: 'is short', path: ['a', { key: 0 }, 'b'] }];
  const schema = {
    '~standard': { version: 1 as const, vendor: 'test', validate: () => ({ issues }) },
  };
  expect(String(reportOf('1', { schema }))).toContain('is odd; a.0.b: is short');
});

describe('a sentinel', () => {
  test.each<[string, Parameters<typeof isSentinel>[0], string | undefined, string, boolean]>([
    ['is the data for a string', 'end', undefined, 'end', true],
    ['is the data whatever the event', 'end', 'x', 'end', true],
    ['is all of the data', 'end', undefined, 'the end', false],
    ['may have white space after it', '[DONE]', undefined, '[DONE] ', true],
    ['may be declared with white space after it', 'end \n', undefined, 'end', true],
    ['has nothing before it', 'end', undefined, ' end', false],
    ['may be empty', '', undefined, '', true],
    ['is the event name for an object', { event: 'end' }, 'end', 'x', true],
    ['is no other event', { event: 'end' }, undefined, 'end', false],
    ['may be the event without a name', { event: 'message' }, undefined, 'x', true],
    ['is never a predicate', () => true, undefined, 'end', false],
    ['is not there by default', undefined, undefined, '', false],
  ])('%s', (_, endWhen, event, data, expected) => {
    expect(isSentinel(endWhen, message(data, event))).toBe(expected);
  });
});

describe('an empty text where JSON is expected', () => {
  test.each<[string, ReceiverOptions]>([
    ["`parse: 'json'`", { parse: 'json' }],
    ['a schema', { schema: z.number() }],
    ["`onInvalid: 'fail'`", { parse: 'json', onInvalid: 'fail' }],
  ])('is delivered to nobody and no mistake: %s', (_, options) => {
    const { receive, delivered, reported, refused } = setUp(options);
    expect(receive(message(''))).toBe(false);
    expect([delivered, reported, refused]).toEqual([[], [], []]);
  });

  test('is a message where text is', () => {
    expect(valueOf('', {})).toBe('');
  });
});

describe('`errorWhen`', () => {
  test.each<[string, unknown, string]>([
    ['true', true, 'The stream reported an error.'],
    ['a text', 'Overloaded.', 'Overloaded.'],
    ['an Error', new Error('Overloaded'), 'Overloaded'],
  ])('says with %s that the message is an error', (_, verdict, text) => {
    const { receive, delivered, refused } = setUp({ errorWhen: () => verdict });
    expect(receive(message('{"type":"overloaded"}'))).toBe(false);
    expect(delivered).toEqual([]);
    expect(refused).toMatchObject([
      { code: 'in-band', message: text, body: '{"type":"overloaded"}' },
    ]);
  });

  test.each([false, null, undefined, 0, {}])('says no with %j', (verdict) => {
    const { receive, refused } = setUp({ errorWhen: () => verdict });
    expect(receive(message('x'))).toBe(true);
    expect(refused).toEqual([]);
  });

  test('that throws says no, and is reported', () => {
    const trouble = new Error('in errorWhen');
    const { receive, environment } = setUp({
      errorWhen: () => {
        throw trouble;
      },
    });
    expect(receive(message('x'))).toBe(true);
    expect(environment.reported).toEqual([trouble]);
  });

  test.each<[string, ReceiverOptions]>([
    ['parse', { parse: 'json' }],
    ['validate', { parse: 'text', schema: z.number() }],
  ])('is asked about a message that does not %s, without a value', (_, options) => {
    const errorWhen = vi.fn<(given: { event: string; value: unknown }) => boolean>(
      ({ event }) => event === 'error',
    );
    const { receive, reported, refused } = setUp({ ...options, errorWhen });
    receive(message('The model is overloaded.', 'error'));
    expect(errorWhen).toHaveBeenCalledExactlyOnceWith({
      ...message('The model is overloaded.', 'error'),
      value: undefined,
    });
    expect(reported).toEqual([]);
    expect(refused).toMatchObject([{ code: 'in-band', body: 'The model is overloaded.' }]);
  });

  test('leaves a message that it does not take for an error to `onInvalid`', () => {
    const { receive, reported } = setUp({ parse: 'json', errorWhen: () => false });
    receive(message('no JSON'));
    expect(reported).toMatchObject([{ code: 'parse' }]);
  });
});

describe('`toText`', () => {
  test('gives the text that a message adds', () => {
    const { receive, delivered } = setUp({ toText: () => 'a' });
    receive(message('x'));
    expect(delivered).toEqual([{ value: 'x', text: 'a' }]);
  });

  test.each([[[{ type: 'text' }]], [{}], [7], [true], [undefined], [null]])(
    'that gives %j adds nothing, and is reported',
    (given) => {
      const { receive, delivered, reported } = setUp({ toText: () => given });
      expect(receive(message('x'))).toBe(true);
      expect(delivered).toEqual([{ value: 'x', text: '' }]);
      expect(reported).toMatchObject([{ code: 'parse' }]);
    },
  );

  test('that does not return a string is reported once, however many messages there are', () => {
    const { receive, delivered, reported } = setUp({ toText: () => 7 });
    for (const data of ['a', 'b', 'c']) receive(message(data));
    expect(delivered).toHaveLength(3);
    expect(reported).toHaveLength(1);
  });

  test('that throws adds nothing, and is reported', () => {
    const trouble = new Error('in toText');
    const { receive, delivered, environment } = setUp({
      toText: () => {
        throw trouble;
      },
    });
    receive(message('x'));
    expect(delivered).toEqual([{ value: 'x', text: '' }]);
    expect(environment.reported).toEqual([trouble]);
  });
});

describe('`each`', () => {
  const lines = each(({ data }) => data.split('\n').map((line): unknown => JSON.parse(line)));

  test('delivers every value of a message as a message of its own', () => {
    const onMessage = vi.fn<(given: { value: unknown; data: string }) => void>();
    const { receive, delivered } = setUp({ parse: lines, onMessage });
    expect(receive(message('{"a":1}\n{"a":2}'))).toBe(true);
    expect(delivered.map(({ value }) => value)).toEqual([{ a: 1 }, { a: 2 }]);
    expect(onMessage.mock.calls.map(([{ value }]) => value)).toEqual([{ a: 1 }, { a: 2 }]);
  });

  test('of nothing delivers nothing', () => {
    const { receive, delivered, reported } = setUp({ parse: each(() => []) });
    expect(receive(message('x'))).toBe(false);
    expect([delivered, reported]).toEqual([[], []]);
  });

  test('validates every value', () => {
    const { receive, delivered, reported } = setUp({ parse: lines, schema: z.number() });
    receive(message('1\n"two"\n3'));
    expect(delivered.map(({ value }) => value)).toEqual([1, 3]);
    expect(reported).toMatchObject([{ code: 'invalid' }]);
  });

  test('says `null` where a value ends the stream before the last', () => {
    const { receive, delivered } = setUp({ parse: lines, endWhen: () => true });
    expect(receive(message('1\n2'))).toBeNull();
    expect(delivered).toHaveLength(1);
    expect(setUp({ parse: lines, endWhen: () => true }).receive(message('1'))).toBe(true);
  });

  test('that throws is a `parse` error', () => {
    expect(reportOf('no JSON', { parse: lines })).toMatchObject({ code: 'parse' });
  });
});

describe('a delivered message', () => {
  test('reaches accumulators, its handler, `onMessage` and the predicate in that order', () => {
    const order: string[] = [];
    const { receive, log } = setUp({
      on: { price: () => order.push(`on after ${log.join()}`) },
      onMessage: () => void order.push('onMessage'),
      endWhen: () => {
        order.push('endWhen');
        return true;
      },
    });
    expect(receive(message('x', 'price'))).toBe(true);
    expect(order).toEqual(['on after accumulate', 'onMessage', 'endWhen']);
    expect(log).toEqual(['accumulate', 'end']);
  });

  test('is of an event that `events` names, else of one with a schema', () => {
    expect(setUp({ events: ['a'] }).receive(message('1', 'b'))).toBe(false);
    expect(setUp({ schema: { a: z.number() } }).receive(message('1', 'b'))).toBe(false);
    const both = { schema: { a: z.number() }, events: ['b'] };
    expect(setUp(both).receive(message('1', 'b'))).toBe(true);
  });

  test('has no handler among what every object inherits', () => {
    expect(setUp({ on: {} }).receive(message('1', 'toString'))).toBe(true);
  });
});

describe('a message that the end of the body left unfinished', () => {
  test.each<[string, ReceiverOptions, boolean]>([
    ['is the end for its text', { endWhen: '{"done":true}' }, true],
    ['is the end for its event', { endWhen: { event: 'end' } }, true],
    ['is the end for a predicate', { endWhen: ({ data }: { data: string }) => data !== '' }, true],
    [
      'is given to a predicate with its value',
      { parse: 'json', endWhen: ({ value }: { value: { done: boolean } }) => value.done },
      true,
    ],
    ['is no end where the predicate says no', { endWhen: () => false }, false],
    ['is no end where nothing was declared', {}, false],
    [
      'is no end where it does not parse',
      {
        parse: () => {
          throw new SyntaxError('What is that?');
        },
        endWhen: () => true,
      },
      false,
    ],
    [
      'is no end where the predicate throws',
      {
        endWhen: () => {
          throw new Error('in endWhen');
        },
      },
      false,
    ],
  ])('%s, and is not delivered', (_, options, expected) => {
    const { isEnd, delivered } = setUp(options);
    expect(isEnd(message('{"done":true}', 'end'))).toBe(expected);
    expect(delivered).toEqual([]);
  });
});
