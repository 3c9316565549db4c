import { type EventSourceOptions, useEventSource } from 'rivulet';
import { createEventSource } from 'rivulet/core';
import { describe, test } from 'vitest';
import { zodNote, zodPrice } from './schemas.ts';

/*
 * Every line below a `@ts-expect-error` must fail to compile: where it does not, that comment is the
 * error.
 */

type Feed = {
  price: number;
  note: string;
};

/** The type of a value, which is easily written where an event map belongs. */
interface Note {
  id: string;
  text: string;
}

describe('the compiler refuses', () => {
  test('the type of a value in place of an event map', () => {
    // @ts-expect-error A note is not a map of event names.
    useEventSource<Note>('/api');
    // @ts-expect-error A note is not a map of event names.
    useEventSource<Note>('/api', {});
    // @ts-expect-error A note is not a map of event names.
    useEventSource<Note>('/api', { parse: 'json' });
    // @ts-expect-error A note is not a map of event names.
    useEventSource<Note>('/api', { parse: 'json', key: 1 });
    // @ts-expect-error A note is not a map of event names.
    createEventSource<Note>('/api');
    // @ts-expect-error A note is not a map of event names.
    createEventSource<Note>('/api', { parse: ({ data }) => ({ id: '1', text: data }) });
    // @ts-expect-error Neither is a list of notes.
    useEventSource<Note[]>('/api', { parse: 'json' });
  });

  test('a URL function without a `key`, since a subscription starts by itself', () => {
    // @ts-expect-error Functions cannot be compared.
    useEventSource(() => '/ticket');
    // @ts-expect-error Functions cannot be compared.
    useEventSource(async () => '/ticket', { parse: 'json' });
    // @ts-expect-error Functions cannot be compared.
    useEventSource<Feed>(() => '/ticket', { parse: 'json' });
    // @ts-expect-error Functions cannot be compared.
    useEventSource(() => '/ticket', { key: undefined });
  });

  test('credentials together with withCredentials', () => {
    // @ts-expect-error Both mean the same.
    useEventSource('/api', { credentials: 'omit', withCredentials: true });
    // @ts-expect-error Both mean the same.
    createEventSource('/api', { credentials: 'omit', withCredentials: true });
  });

  test('half of reduce and initialState', () => {
    // @ts-expect-error The state before the first message is missing.
    useEventSource('/api', { reduce: (count: number) => count + 1 });
    // @ts-expect-error What makes the next state is missing.
    useEventSource('/api', { initialState: 0 });
    // @ts-expect-error The state before the first message is missing.
    createEventSource('/api', { parse: 'json', reduce: (count: number) => count + 1 });
  });

  test('a reduce that returns another type than it takes', () => {
    // @ts-expect-error A number goes in, a string comes out.
    useEventSource('/api', { reduce: (count: number) => `${count}`, initialState: 0 });
  });

  test('a written event map without anything that makes its values', () => {
    // @ts-expect-error Nothing makes a number of the text.
    useEventSource<Feed>('/api');
    // @ts-expect-error Nothing makes a number of the text.
    useEventSource<Feed>('/api', {});
    // @ts-expect-error Text is not a number.
    useEventSource<Feed>('/api', { parse: 'text' });
    // @ts-expect-error Nothing makes a number of the text.
    createEventSource<Feed>('/api');
  });

  test('a written event map that parse or the schemas contradict', () => {
    // @ts-expect-error A price is a number.
    useEventSource<Feed>('/api', { schema: { price: zodNote, note: zodNote } });
    // @ts-expect-error The schema of a note is missing.
    useEventSource<Feed>('/api', { schema: { price: zodPrice } });
    // @ts-expect-error A date is neither.
    useEventSource<Feed>('/api', { parse: () => new Date() });
  });

  test('an event map without a state where there is one', () => {
    // @ts-expect-error Type arguments are written all or none.
    useEventSource<Feed>('/api', { parse: 'json', reduce: (sum) => sum + 1, initialState: 0 });
  });

  test('a value in place of an event map', () => {
    // @ts-expect-error A string is no event map.
    useEventSource<string>('/api');
  });

  test('names that are not in the event map', () => {
    // @ts-expect-error There is no event `prise`.
    useEventSource<Feed>('/api', { parse: 'json', on: { prise: () => {} } });
    // @ts-expect-error There is no event `prise`.
    useEventSource<Feed>('/api', { parse: 'json', events: ['prise'] });
    // @ts-expect-error There is no event `prise`.
    useEventSource('/api', { schema: { price: zodPrice }, on: { prise: () => {} } });
    // @ts-expect-error There is no event `prise`.
    createEventSource('/api', { schema: { price: zodPrice }, events: ['prise'] });
  });

  test('handlers of another type than the schema makes', () => {
    // @ts-expect-error A price is an object.
    useEventSource('/api', { schema: zodPrice, on: { price: (value: string) => value } });
    useEventSource('/api', {
      schema: { price: zodPrice },
      // @ts-expect-error A price is an object.
      onMessage: (message) => message.value.toUpperCase(),
    });
  });

  test('options that do not exist or are of another type', () => {
    // @ts-expect-error It is called `maxMessages`.
    useEventSource('/api', { maxMesages: 1 });
    // @ts-expect-error A number is expected.
    useEventSource('/api', { maxMessages: '1' });
    // @ts-expect-error There are 'text', 'json' and functions.
    useEventSource('/api', { parse: 'xml' });
    // @ts-expect-error There are 'auto', 'frame', 'sync' and numbers.
    useEventSource('/api', { flush: 'always' });
    // @ts-expect-error Retrying is switched off with `false`; `true` says nothing.
    useEventSource('/api', { retry: true });
    // @ts-expect-error A subscription has no such option.
    createEventSource('/api', { autoStart: true });
  });

  test('a URL that may be missing', () => {
    const useNote = (id: string | undefined) => {
      // @ts-expect-error If there is none, pass `null`.
      useEventSource(id && `/notes/${id}`);
      useEventSource(id === undefined ? null : `/notes/${id}`);
    };
    void useNote;
  });

  test('no URL', () => {
    // @ts-expect-error `null` says that nothing runs.
    useEventSource(undefined);
    // @ts-expect-error A controller always has a URL.
    createEventSource(null);
  });

  test('options beside a controller', () => {
    const controller = createEventSource('/api');
    // @ts-expect-error The controller has its own.
    useEventSource(controller, {});
    // @ts-expect-error The controller has its own.
    useEventSource(controller, { parse: 'json' });
  });

  test('changing what a result holds', () => {
    const result = useEventSource('/api');
    // @ts-expect-error Results are read-only.
    result.status = 'done';
    // @ts-expect-error So is the history.
    result.messages.push();
  });

  test('options that contradict each other, also in a variable', () => {
    // @ts-expect-error Both mean the same.
    const options: EventSourceOptions = { credentials: 'omit', withCredentials: true };
    useEventSource('/api', options);
  });
});
