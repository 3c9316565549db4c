import { describe, expect, test } from 'vitest';
import {
  acceptFor,
  chooseFraming,
  createFraming,
  FRAMINGS,
  type FramingName,
  refusal,
} from '../../../src/core/framing/framings.ts';
import { encode, frame, message, tooLong } from './framed.ts';

const names = Object.keys(FRAMINGS) as FramingName[];

/** The framing that `'auto'` takes for a MIME essence. */
function automatic(essence: string, wantsValues = false): string {
  const entry = chooseFraming('auto', essence, wantsValues);
  return names.find((name) => FRAMINGS[name] === entry) ?? 'whole';
}

describe('createFraming', () => {
  test.each([
    ['sse', 'data: a\n\ndata: b\n\ndata: unfinished', ['a', 'b']],
    ['lines', 'a\n\nb', ['a', '', 'b']],
    ['ndjson', '1\n\n2', ['1', '2']],
    ['text', 'a\nb', ['a\nb']],
  ] as const)('makes the framing of the name: %s', (name, body, expected) => {
    const { items, end } = frame(createFraming(name), [encode(body)]);
    expect([...items, ...end.items]).toEqual(expected.map((data) => message(data)));
  });

  test('bytes gives every chunk as it is, and refuses a chunk over the limit', () => {
    const chunks = ['ab', 'abc', 'ab'].map(encode);
    const { items } = frame(createFraming('bytes', { maxMessageLength: 2 }), chunks);
    expect(items).toEqual([message(chunks[0]), tooLong(2, 'bytes')]);
    expect(items[0]).toHaveProperty('data', chunks[0]);
  });

  test.each(names)('gives the id and the origin of the options to messages: %s', (name) => {
    const from = { lastEventId: '7', origin: 'https://a.example' };
    const { items } = frame(createFraming(name, from), [encode('data: 1\n\n')]);
    expect(items[0]).toMatchObject({ event: 'message', ...from });
    expect(Object.keys(items[0] ?? {})).toEqual([
      'event',
      'data',
      'value',
      'lastEventId',
      'origin',
    ]);
  });
});

describe('the framing of a content type', () => {
  test.each([
    ['text/event-stream', 'sse'],
    ['application/x-ndjson', 'ndjson'],
    ['application/ndjson', 'ndjson'],
    ['application/jsonl', 'ndjson'],
    ['application/x-jsonl', 'ndjson'],
    ['application/jsonlines', 'ndjson'],
    ['application/x-jsonlines', 'ndjson'],
    ['application/json-lines', 'ndjson'],
    ['application/x-ldjson', 'ndjson'],
    ['application/stream+json', 'ndjson'],
    ['text/x-ndjson', 'ndjson'],
    ['text/plain', 'text'],
    ['text/csv', 'text'],
    ['', 'text'],
    ['application/octet-stream', 'bytes'],
    ['application/jsonx', 'bytes'],
    ['image/png', 'bytes'],
  ])('%j is %s, whether values are wanted or not', (essence, name) => {
    expect(automatic(essence)).toBe(name);
    expect(automatic(essence, true)).toBe(name);
  });

  test.each(['application/json', 'application/problem+json'])(
    '%s is text, and one whole message where values are wanted',
    (essence) => {
      expect(automatic(essence)).toBe('text');
      expect(automatic(essence, true)).toBe('whole');
      expect(chooseFraming('auto', essence, true).textEnd).toBe('');
    },
  );

  test.each(names)('that is named is taken whatever the type: %s', (name) => {
    expect(chooseFraming(name, 'application/json', true)).toBe(FRAMINGS[name]);
  });

  test('says what it accepts', () => {
    expect(acceptFor('sse')).toBe('text/event-stream');
    expect(acceptFor('ndjson')).toBe('application/x-ndjson');
    for (const name of ['auto', 'text', 'lines', 'bytes'] as const) {
      expect(acceptFor(name)).toBe('*/*');
    }
  });

  test('says what its messages add to the text, and that the values of NDJSON are JSON', () => {
    const ends = names.map((name) => [name, FRAMINGS[name].textEnd]);
    expect(Object.fromEntries(ends)).toEqual({
      text: '',
      lines: '\n',
      sse: '',
      ndjson: null,
      bytes: null,
    });
    expect(names.filter((name) => chooseFraming(name, '', true).parse === 'json')).toEqual([
      'ndjson',
    ]);
  });
});

describe('a page where messages are expected', () => {
  const sentence = 'The server sent text/html instead of a stream.';

  test.each(['auto', 'sse', 'ndjson'] as const)('is refused: %s', (name) => {
    expect(refusal(name, 'text/html')).toBe(sentence);
  });

  test.each(['text', 'lines', 'bytes'] as const)('is read where it is asked for: %s', (name) => {
    expect(refusal(name, 'text/html')).toBeNull();
  });

  test.each(['application/json', 'text/plain', 'application/octet-stream', ''])(
    'is all that is refused: a server may label a stream %j',
    (essence) => {
      expect(refusal('sse', essence)).toBeNull();
      expect(refusal('ndjson', essence)).toBeNull();
      expect(refusal('auto', essence)).toBeNull();
    },
  );
});
