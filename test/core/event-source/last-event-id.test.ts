import { describe, expect, test } from 'vitest';
import {
  createHeaderTrial,
  encodeLastEventId,
  withQuery,
} from '../../../src/core/event-source/last-event-id.ts';

const bytesOf = (encoded: string) => Uint8Array.from(encoded, (char) => char.charCodeAt(0));

describe('a last event id as a header value', () => {
  test.each(['7', 'a b', '~!@#$%^&*()', 'é', 'é日🎉', 'x'.repeat(4096), 'é'.repeat(2048)])(
    '%j is its UTF-8 form, a character for a byte, as a header takes it',
    (id) => {
      const encoded = encodeLastEventId(id);
      expect(new TextDecoder().decode(bytesOf(encoded ?? ''))).toBe(id);
      expect(() => new Headers({ 'Last-Event-ID': encoded ?? '' })).not.toThrow();
    },
  );

  test.each([
    ...Array.from({ length: 32 }, (_, code) => `a${String.fromCharCode(code)}b`),
    'a\u007fb',
  ])('%j has a control character and is not sent', (id) => {
    expect(encodeLastEventId(id)).toBeNull();
  });

  test.each(['x'.repeat(4097), 'é'.repeat(2049), '🎉'.repeat(1025)])(
    'is not sent when it is longer than 4 KiB',
    (id) => {
      expect(encodeLastEventId(id)).toBeNull();
    },
  );
});

describe('a last event id in the query', () => {
  test.each([
    ['/events', '/events?id=7'],
    ['/events?', '/events?id=7'],
    ['/events?a=1', '/events?a=1&id=7'],
    ['/events?id=6', '/events?id=7'],
    ['/events?id=5&a=1&id=6', '/events?a=1&id=7'],
    ['/events?i%64=6&a=1', '/events?a=1&id=7'],
    ['/events?identity=6', '/events?identity=6&id=7'],
    ['/events#part', '/events?id=7#part'],
    ['/events?a=1#part#more', '/events?a=1&id=7#part#more'],
    ['https://api.example', 'https://api.example?id=7'],
    ['?a=1', '?a=1&id=7'],
  ])('%j becomes %j', (url, expected) => {
    expect(withQuery(url, 'id', '7')).toBe(expected);
  });

  test('leaves the rest of the query to the letter: it may be signed', () => {
    const query = 'sig=a%2Bb~*%20c+d&flag&x=?&empty=&ü=1';
    expect(withQuery(`/events?${query}`, 'id', '7')).toBe(`/events?${query}&id=7`);
  });

  test('escapes name and value', () => {
    const url = withQuery('/events', 'last event', 'é&=#?🎉 +');
    expect(new URL(url, 'http://localhost').searchParams.get('last event')).toBe('é&=#?🎉 +');
  });
});

describe('the trial of the header', () => {
  /** Opens once without an id, as every subscription does that has none yet. */
  function opened() {
    const trial = createHeaderTrial();
    trial.begin(false, true);
    trial.answered();
    trial.opened(false);
    return trial;
  }

  test('probes after a failure, confirms, and then gives the id up', () => {
    const trial = opened();
    expect(trial.begin(true, true)).toBe(true);
    expect(trial.connectFailed()).toBe(false);
    expect(trial.begin(true, true)).toBe(false);
    trial.answered();
    expect(trial.opened(false)).toBe(false);
    expect(trial.begin(true, true)).toBe(true);
    expect(trial.connectFailed()).toBe(true);
    expect(trial.begin(true, true)).toBe(false);
    expect(trial.opened(false)).toBe(true);
    expect(trial.connectFailed()).toBe(false);
  });

  test('trusts the header again once it was answered with it', () => {
    const trial = opened();
    trial.begin(true, true);
    trial.connectFailed();
    trial.begin(true, true);
    trial.opened(false);
    expect(trial.begin(true, true)).toBe(true);
    trial.answered();
    expect(trial.opened(false)).toBe(true);
    trial.begin(true, true);
    expect(trial.connectFailed()).toBe(false);
  });

  test('trusts the header again when the probe fails too: the server is down', () => {
    const trial = opened();
    trial.begin(true, true);
    trial.connectFailed();
    expect(trial.begin(true, true)).toBe(false);
    expect(trial.connectFailed()).toBe(false);
    expect(trial.begin(true, true)).toBe(true);
  });

  test.each<[string, boolean, ReturnType<typeof createHeaderTrial>]>([
    ['on the same origin', false, opened()],
    ['where nothing opened without an id', true, createHeaderTrial()],
  ])('never doubts the header %s', (_, isCrossOrigin, trial) => {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      expect(trial.begin(true, isCrossOrigin)).toBe(true);
      expect(trial.connectFailed()).toBe(false);
    }
  });

  test('begins again with a new lifecycle', () => {
    const trial = opened();
    for (let attempt = 0; attempt < 3; attempt += 1) {
      if (trial.begin(true, true)) trial.connectFailed();
      else trial.opened(false);
    }
    expect(trial.begin(true, true)).toBe(false);
    trial.renew();
    expect(trial.begin(true, true)).toBe(true);
  });
});
