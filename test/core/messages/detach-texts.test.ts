import { describe, expect, test } from 'vitest';
import { detachTexts } from '../../../src/core/messages/detach-texts.ts';

describe('a message whose texts are detached from their chunk', () => {
  test('holds what it held', () => {
    const long = 'a text that is longer than a short one';
    const message = { event: 'message', data: long, value: long, lastEventId: '', origin: long };
    const before = { ...message };
    detachTexts(message);
    expect(message).toEqual(before);
  });

  test('keeps values that are not strings, and gets no new fields', () => {
    const value = { nested: 'a text that is longer than a short one' };
    const message = { value };
    detachTexts(message);
    expect(Object.keys(message)).toEqual(['value']);
    expect(message.value).toBe(value);
  });

  test('may be frozen', () => {
    const message = Object.freeze({ data: 'a text that is longer than a short one' });
    detachTexts(message);
    expect(message.data).toBe('a text that is longer than a short one');
  });
});
