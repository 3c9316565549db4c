import { describe, expect, test } from 'vitest';
import { judgeRange, parseContentRange, validatorOf } from '../../../src/core/download/range.ts';

describe('Content-Range (RFC 9110 14.4)', () => {
  const parsed = (value: string) => parseContentRange(new Headers({ 'content-range': value }));

  test.each([
    ['bytes 0-9/10', { start: 0, end: 9, completeLength: 10 }],
    ['bytes 5-5/10', { start: 5, end: 5, completeLength: 10 }],
    ['bytes 5-9/*', { start: 5, end: 9, completeLength: null }],
    ['bytes */10', { start: null, end: null, completeLength: 10 }],
    ['bytes */0', { start: null, end: null, completeLength: 0 }],
    ['Bytes 0-9/10', { start: 0, end: 9, completeLength: 10 }],
  ])('%s is read', (value, range) => {
    expect(parsed(value)).toEqual(range);
  });

  test.each([
    '',
    'bytes',
    'bytes 0-9',
    'bytes=0-9/10',
    'bytes -9/10',
    'bytes 0-/10',
    'bytes 9-0/10',
    'bytes 0-9/ten',
    'bytes 0-9/10, bytes 20-29/40',
    'items 0-9/10',
    '0-9/10',
  ])('%j makes no sense', (value) => {
    expect(parsed(value)).toBeUndefined();
  });

  test('may be absent', () => {
    expect(parseContentRange(new Headers())).toBeNull();
  });
});

describe('what can be a validator', () => {
  const MODIFIED = 'Fri, 20 Nov 2026 10:00:00 GMT';
  const at = (date: string, etag?: string): Record<string, string> => ({
    'last-modified': MODIFIED,
    date,
    ...(etag !== undefined && { etag }),
  });

  test.each<[string, Record<string, string>, string | null]>([
    ['a strong ETag', { etag: '"v1"' }, '"v1"'],
    ['an empty strong ETag', { etag: '""' }, '""'],
    ['a strong ETag before a date', at('Fri, 20 Nov 2026 10:05:00 GMT', '"v1"'), '"v1"'],
    ['no weak ETag', { etag: 'W/"v1"' }, null],
    ['no ETag without quotes', { etag: 'v1' }, null],
    ['no two ETags', { etag: '"v1", "v2"' }, null],
    ['no date beside a weak ETag', at('Fri, 20 Nov 2026 10:05:00 GMT', 'W/"v1"'), null],
    ['a date one second before the answer', at('Fri, 20 Nov 2026 10:00:01 GMT'), MODIFIED],
    ['a date long before the answer', at('Sat, 21 Nov 2026 10:00:00 GMT'), MODIFIED],
    ['no date of the same second', at(MODIFIED), null],
    ['no date after the answer', at('Fri, 20 Nov 2026 09:00:00 GMT'), null],
    ['no date without the Date of the answer', { 'last-modified': MODIFIED }, null],
    ['no date that is none', { 'last-modified': 'today', date: MODIFIED }, null],
    ['no Date that is none', { 'last-modified': MODIFIED, date: 'today' }, null],
    ['nothing', {}, null],
  ])('%s', (_, headers, validator) => {
    expect(validatorOf(new Headers(headers), false)).toBe(validator);
  });

  test('across origins an ETag counts and a date does not', () => {
    expect(validatorOf(new Headers({ etag: '"v1"' }), true)).toBe('"v1"');
    expect(validatorOf(new Headers(at('Sat, 21 Nov 2026 10:00:00 GMT')), true)).toBeNull();
  });
});

describe('an answer', () => {
  const kept = { received: 4, validator: '"v1"', size: 10 };
  const rest = { 'content-range': 'bytes 4-9/10' };
  const judge = (status: number, headers: Record<string, string>, of: typeof kept | null = kept) =>
    judgeRange(status, new Headers(headers), of).type;

  test.each<[string, number, Record<string, string>]>([
    ['the rest', 206, rest],
    ['the rest with its ETag', 206, { ...rest, etag: '"v1"' }],
    ['the rest of a length not said', 206, { 'content-range': 'bytes 4-9/*' }],
    ['the rest, unencoded', 206, { ...rest, 'content-encoding': 'identity' }],
    [
      'the rest, encoded only on its way into the storage',
      206,
      { ...rest, 'content-encoding': 'aws-chunked' },
    ],
    ['an earlier start', 206, { 'content-range': 'bytes 3-9/10' }],
    ['less than was asked for', 206, { 'content-range': 'bytes 4-8/10' }],
  ])('continues: %s', (_, status, headers) => {
    expect(judge(status, headers)).toBe('part');
  });

  test.each<[string, number, Record<string, string>]>([
    ['200', 200, { etag: '"v1"' }],
    ['200 with a Content-Range, which means nothing there', 200, rest],
    ['203', 203, {}],
  ])('begins anew: %s', (_, status, headers) => {
    expect(judge(status, headers)).toBe('whole');
  });

  test.each<[string, Record<string, string>]>([
    ['an end after the end', { 'content-range': 'bytes 4-10/10' }],
    ['no range', { 'content-range': 'bytes */10' }],
    ['a senseless range', { 'content-range': 'bytes 9-4/10' }],
    ['a coding', { ...rest, 'content-encoding': 'gzip' }],
    ['several parts', { ...rest, 'content-type': 'multipart/byteranges; boundary=THIS' }],
    ['several parts, in capitals', { ...rest, 'content-type': 'Multipart/ByteRanges' }],
  ])('fits nothing: 206 with %s', (_, headers) => {
    expect(judge(206, headers)).toBe('unfit');
  });

  test.each<[string, Record<string, string>]>([
    ['a later start', { 'content-range': 'bytes 5-9/10' }],
    ['another length', { 'content-range': 'bytes 4-10/11' }],
    ['an end before what is kept', { 'content-range': 'bytes 0-3/10' }],
    ['another ETag', { ...rest, etag: '"v2"' }],
    ['the ETag, weakened', { ...rest, etag: 'W/"v1"' }],
  ])('is of a file that has changed: 206 with %s', (_, headers) => {
    expect(judge(206, headers)).toBe('changed');
  });

  test('tells where it goes on: bytes that are known already are skipped', () => {
    const range = (value: string) => judgeRange(206, new Headers({ 'content-range': value }), kept);
    expect(range('bytes 1-7/10')).toEqual({ type: 'part', skip: 3, end: 8, completeLength: 10 });
    expect(range('bytes 4-9/*')).toEqual({ type: 'part', skip: 0, end: 10, completeLength: null });
  });

  test('may have its place hidden by CORS', () => {
    expect(judge(206, {})).toBe('hidden');
    expect(judge(206, {}, null)).toBe('hidden');
  });

  test('is held against a date as well', () => {
    const date = 'Fri, 20 Nov 2026 10:00:00 GMT';
    const dated = { ...kept, validator: date };
    expect(judge(206, { ...rest, 'last-modified': date }, dated)).toBe('part');
    expect(judge(206, { ...rest, etag: '"any"' }, dated)).toBe('part');
    const later = 'Fri, 20 Nov 2026 10:00:01 GMT';
    expect(judge(206, { ...rest, 'last-modified': later }, dated)).toBe('changed');
  });

  test.each<[string, Record<string, string>, string]>([
    ['all of it', { 'content-range': 'bytes 0-9/10' }, 'part'],
    ['a range that begins later', rest, 'changed'],
    ['a range that ends early', { 'content-range': 'bytes 0-4/10' }, 'part'],
    ['a coding', { 'content-range': 'bytes 0-9/10', 'content-encoding': 'br' }, 'unfit'],
    ['several parts', { 'content-type': 'multipart/byteranges' }, 'unfit'],
  ])('to a first request is 206 with %s', (_, headers, verdict) => {
    expect(judge(206, headers, null)).toBe(verdict);
  });
});
