import { type EncodableMessage, encodeMessage } from 'rivulet/testing';
import { describe, expect, test } from 'vitest';
import { createSseFraming } from '../../src/core/framing/sse.ts';
import { createRandomSource } from '../support/random-source.ts';

/** What the framing reads of a text. */
function read(text: string) {
  const framing = createSseFraming({});
  return framing.push(new TextEncoder().encode(text));
}

describe('an encoded message', () => {
  test.each<[EncodableMessage, string]>([
    [{ data: 'x' }, 'data: x\n\n'],
    [{ data: '' }, 'data: \n\n'],
    [{ data: 'a\nb' }, 'data: a\ndata: b\n\n'],
    [{ data: { a: 1 } }, 'data: {"a":1}\n\n'],
    [{ data: 7 }, 'data: 7\n\n'],
    [{ data: null }, 'data: null\n\n'],
    [
      { event: 'e', id: 7, retry: 10, comment: 'c', data: 'x' },
      ': c\nevent: e\nid: 7\nretry: 10\ndata: x\n\n',
    ],
    [{ comment: 'a\nb' }, ': a\n: b\n\n'],
    [{ id: '' }, 'id: \n\n'],
    [{}, '\n'],
  ])('of %j is %j', (message, text) => {
    expect(encodeMessage(message)).toBe(text);
  });

  test.each(['\n', '\r', '\r\n'] as const)('may end its lines in %j', (newline) => {
    expect(encodeMessage({ id: 1, data: 'a\nb' }, newline)).toBe(
      ['id: 1', 'data: a', 'data: b', '', ''].join(newline),
    );
  });

  test('is read as what it was made from, whatever that was', () => {
    const random = createRandomSource(11);
    const texts = ['', ' ', 'x', ' lead', ':', 'data: x', 'a\nb', '\n', 'é日🎉', '\uFEFF', 'a\0b'];
    const line = () => random.pick(texts.filter((text) => !text.includes('\n')));
    for (let round = 0; round < 3000; round += 1) {
      const message = {
        event: random.below(2) === 0 ? undefined : random.pick(['e', 'é', 'a b']),
        id: random.below(2) === 0 ? undefined : random.pick(['1', 'é', '', 'a b']),
        data: random.pick(texts),
      };
      const framed = {
        event: message.event ?? 'message',
        data: message.data,
        value: message.data,
        lastEventId: message.id ?? '',
        origin: '',
      };
      const retry = random.below(3) === 0 ? random.below(9999) : undefined;
      const comment = random.below(3) === 0 ? line() : undefined;
      const newline = random.pick(['\n', '\r', '\r\n'] as const);
      expect(read(encodeMessage({ ...message, retry, comment }, newline))).toEqual([
        ...(comment === undefined ? [] : [{ kind: 'comment', comment }]),
        ...(retry === undefined ? [] : [{ kind: 'retry', retryMs: retry }]),
        framed,
      ]);
    }
  });
});
