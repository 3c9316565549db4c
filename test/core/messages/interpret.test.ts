import { type } from 'arktype';
import { StreamError } from 'rivulet/core';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  type InterpretOptions,
  interpret,
  LateVerdict,
} from '../../../src/core/messages/interpret.ts';
import { isSentinel } from '../../../src/core/messages/sentinel.ts';

const message = (data: string, event = 'message') => {
  return { event, data, lastEventId: '', origin: 'https://api.example' };
};

const valueOf = (data: string, options: InterpretOptions, event?: string) => {
  return interpret(
    message(data, event),
    options,
    (code, text, details) => new StreamError(code, text, details),
  );
};

/** What interpreting throws. */
function thrownBy(data: string, options: InterpretOptions, event?: string): unknown {
  try {
    return { instead: valueOf(data, options, event) };
  } catch (error) {
    return error;
  }
}

describe('`parse`', () => {
  test('leaves text as it is by default', () => {
    expect(valueOf('{"a":1}', {})).toBe('{"a":1}');
    expect(valueOf('{"a":1}', { parse: 'text' })).toBe('{"a":1}');
  });

  test('of the caller is given the raw message, and nothing that is made of it', () => {
    const made = { ...message('1'), value: 'not yet' };
    const parse = (given: object) => given;
    const fail = () => new StreamError('parse', 'unused');
    expect(interpret(made, { parse }, fail)).toEqual(message('1'));
  });

  test("'json' reads JSON", () => {
    expect(valueOf('{"a":[1,null]}', { parse: 'json' })).toEqual({ a: [1, null] });
  });

  test('may be a function of the raw message', () => {
    const parse = ({ data, event }: { data: string; event: string }) => `${event} ${data}`;
    expect(valueOf('x', { parse }, 'price')).toBe('price x');
  });

  test.each<[string, InterpretOptions]>([
    ['JSON that is none', { parse: 'json' }],
    [
      'a function that throws',
      {
        parse: () => {
          throw new SyntaxError('What is that?');
        },
      },
    ],
  ])('fails as `parse`, with the event and the start of the data: %s', (_, options) => {
    const error = thrownBy(`<html>${'x'.repeat(500)}`, options, 'price');
    expect(error).toMatchObject({ code: 'parse', cause: expect.any(SyntaxError) });
    const text = String(error);
    expect(text).toContain('"price"');
    expect(text).toContain('"<html>xxx');
    expect(text.length).toBeLessThan(400);
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
    expect(thrownBy('21', { schema: doubled, parse: 'text' })).toMatchObject({ code: 'invalid' });
  });

  test('fails as `invalid`, with the path, the issue and the start of the data', () => {
    const error = thrownBy('{"price":"three"}', { schema: price }, 'quote');
    expect(error).toMatchObject({ code: 'invalid' });
    expect(String(error)).toMatch(/"quote".*price: .*number/s);
    expect(String(error)).toContain(JSON.stringify('{"price":"three"}'));
  });

  test('fails as `parse` where the data are no JSON', () => {
    expect(thrownBy('three', { schema: price })).toMatchObject({ code: 'parse' });
  });

  test('by event name applies to its event only', () => {
    const schema = { quote: price };
    expect(valueOf('{"price":3}', { schema }, 'quote')).toEqual({ price: 3 });
    expect(thrownBy('{"price":"x"}', { schema }, 'quote')).toMatchObject({ code: 'invalid' });
    expect(valueOf('{"price":"x"}', { schema }, 'other')).toEqual({ price: 'x' });
    expect(valueOf('1', { schema }, 'toString')).toBe(1);
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
])('an asynchronous schema of %s is refused', async (_, schema) => {
  const verdict = thrownBy('1', { schema });
  expect(verdict).toBeInstanceOf(LateVerdict);
  const { first, final } = verdict as LateVerdict;
  expect(first).toMatchObject({ code: 'async-schema' });
  expect(await final).toBe(first);
});

test('a schema that throws makes the message invalid', () => {
  const validate = () => {
    throw new Error('broken schema');
  };
  const schema = { '~standard': { version: 1 as const, vendor: 'test', validate } };
  const error = thrownBy('1', { schema });
  expect(error).toMatchObject({ code: 'invalid' });
  expect(String(error)).toContain('broken schema');
});

test('issues without a path, and with keys as objects, are told', () => {
  const issues = [{ message: 'is odd' }, { message: 'is short', path: ['a', { key: 0 }, 'b'] }];
  const schema = {
    '~standard': { version: 1 as const, vendor: 'test', validate: () => ({ issues }) },
  };
  expect(String(thrownBy('1', { schema }))).toContain('is odd; a.0.b: is short');
});

describe('a sentinel', () => {
  test.each<[string, Parameters<typeof isSentinel>[0], string | undefined, string, boolean]>([
    ['is the data for a string', 'end', undefined, 'end', true],
    ['is the data whatever the event', 'end', 'x', 'end', true],
    ['is all of the data', 'end', undefined, 'the end', false],
    ['may be empty', '', undefined, '', true],
    ['is the event name for an object', { event: 'end' }, 'end', 'x', true],
    ['is no other event', { event: 'end' }, undefined, 'end', false],
    ['may be the event without a name', { event: 'message' }, undefined, 'x', true],
    ['is never a predicate', () => true, undefined, 'end', false],
    ['is not there by default', undefined, undefined, '', false],
  ])('%s', (_, endWhen, event, data, expected) => {
    expect(isSentinel(endWhen, { event, data })).toBe(expected);
  });
});
