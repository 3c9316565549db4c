import { createTestEnvironment } from 'rivulet/testing';
import { describe, expect, test } from 'vitest';
import {
  createMessageState,
  type MessageStateOptions,
} from '../../../src/core/messages/message-state.ts';

interface Message {
  readonly value: number;
}

type Options<TState> = MessageStateOptions<Message, TState>;

const environment = createTestEnvironment();
const message = (value: number): Message => ({ value });
const sum: Options<number> = { initialState: 0, reduce: (state, { value }) => state + value };

function create<TState>(options: Options<TState>, previous?: number[]) {
  const before = createMessageState<Message, TState>(environment, () => options);
  for (const value of previous ?? []) before.apply(message(value));
  return createMessageState<Message, TState>(
    environment,
    () => options,
    previous && before.fields(),
  );
}

describe('what messages leave behind', () => {
  test('is nothing at first', () => {
    expect(create(sum).fields()).toEqual({
      data: undefined,
      state: 0,
      message: undefined,
      messages: [],
      dropped: 0,
      isPrevious: false,
    });
  });

  test('is the newest value, the newest message, the history and what `reduce` made', () => {
    const state = create({ ...sum, maxMessages: 2 });
    for (const value of [1, 2, 3]) state.apply(message(value));
    expect(state.fields()).toEqual({
      data: 3,
      state: 6,
      message: { value: 3 },
      messages: [{ value: 2 }, { value: 3 }],
      dropped: 1,
      isPrevious: false,
    });
  });

  test('is 100 messages by default', () => {
    const state = create({});
    for (let value = 0; value < 250; value += 1) state.apply(message(value));
    expect(state.fields().messages).toHaveLength(100);
    expect(state.fields().dropped).toBe(150);
  });

  test('goes at a clear, down to `initialState`', () => {
    const state = create(sum);
    state.apply(message(5));
    state.clear();
    expect(state.fields()).toMatchObject({ data: undefined, state: 0, messages: [], dropped: 0 });
  });

  test('stays as it was where `reduce` throws, which is reported', () => {
    const page = createTestEnvironment();
    const trouble = new Error('in reduce');
    const options: Options<number> = {
      initialState: 7,
      reduce: () => {
        throw trouble;
      },
    };
    const state = createMessageState<Message, number>(page, () => options);
    state.apply(message(1));
    expect(state.fields()).toMatchObject({ state: 7, data: 1, messages: [{ value: 1 }] });
    expect(page.reported).toEqual([trouble]);
  });

  test('is made by the newest `reduce`', () => {
    let options = sum;
    const state = createMessageState<Message, number>(environment, () => options);
    state.apply(message(1));
    options = { ...sum, reduce: (total, { value }) => total + 10 * value };
    state.apply(message(1));
    expect(state.fields().state).toBe(11);
  });
});

describe('previous data', () => {
  test('are shown until the first message, which begins anew', () => {
    const state = create({ ...sum, maxMessages: 2 }, [1, 2, 3]);
    expect(state.isPrevious()).toBe(true);
    expect(state.fields()).toEqual({
      data: 3,
      state: 6,
      message: { value: 3 },
      messages: [{ value: 2 }, { value: 3 }],
      dropped: 1,
      isPrevious: true,
    });
    state.apply(message(10));
    expect(state.isPrevious()).toBe(false);
    expect(state.fields()).toEqual({
      data: 10,
      state: 10,
      message: { value: 10 },
      messages: [{ value: 10 }],
      dropped: 0,
      isPrevious: false,
    });
  });

  test('are none where nothing was received', () => {
    expect(create(sum, []).isPrevious()).toBe(false);
    const state = create(sum);
    state.keepAsPrevious();
    expect(state.isPrevious()).toBe(false);
  });

  test('can be made of the present ones', () => {
    const state = create(sum);
    state.apply(message(4));
    state.keepAsPrevious();
    expect(state.fields()).toMatchObject({ data: 4, state: 4, isPrevious: true });
    state.apply(message(5));
    expect(state.fields()).toMatchObject({ data: 5, state: 5, isPrevious: false });
  });
});
