import { createTestEnvironment } from 'rivulet/testing';
import { describe, expect, test, vi } from 'vitest';
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
const nothingElse = { push() {}, clear() {} };
const sum: Options<number> = { initialState: 0, reduce: (state, { value }) => state + value };

function create<TState>(options: Options<TState>, previous?: number[]) {
  const before = createMessageState<Message, TState>(environment, () => options, nothingElse);
  for (const value of previous ?? []) before.push(message(value), '');
  return createMessageState<Message, TState>(
    environment,
    () => options,
    nothingElse,
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
    for (const value of [1, 2, 3]) state.push(message(value), '');
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
    for (let value = 0; value < 250; value += 1) state.push(message(value), '');
    expect(state.fields().messages).toHaveLength(100);
    expect(state.fields().dropped).toBe(150);
  });

  test('goes at a clear, down to `initialState`', () => {
    const state = create(sum);
    state.push(message(5), '');
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
    const state = createMessageState<Message, number>(page, () => options, nothingElse);
    state.push(message(1), '');
    expect(state.fields()).toMatchObject({ state: 7, data: 1, messages: [{ value: 1 }] });
    expect(page.reported).toEqual([trouble]);
  });

  test('is made by the newest `reduce`', () => {
    let options = sum;
    const state = createMessageState<Message, number>(environment, () => options, nothingElse);
    state.push(message(1), '');
    options = { ...sum, reduce: (total, { value }) => total + 10 * value };
    state.push(message(1), '');
    expect(state.fields().state).toBe(11);
  });
});

describe('previous data', () => {
  test('are shown until the first message, which begins anew', () => {
    const state = create({ ...sum, maxMessages: 2 }, [1, 2, 3]);
    expect(state.fields().isPrevious).toBe(true);
    expect(state.fields()).toEqual({
      data: 3,
      state: 6,
      message: { value: 3 },
      messages: [{ value: 2 }, { value: 3 }],
      dropped: 1,
      isPrevious: true,
    });
    state.push(message(10), '');
    expect(state.fields().isPrevious).toBe(false);
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
    expect(create(sum, []).fields().isPrevious).toBe(false);
    const state = create(sum);
    state.keepAsPrevious();
    expect(state.fields().isPrevious).toBe(false);
  });

  test('can be made of the present ones', () => {
    const state = create(sum);
    state.push(message(4), '');
    state.keepAsPrevious();
    expect(state.fields()).toMatchObject({ data: 4, state: 4, isPrevious: true });
    state.push(message(5), '');
    expect(state.fields()).toMatchObject({ data: 5, state: 5, isPrevious: false });
  });
});

describe('`accumulate`', () => {
  /** Joins what the messages added to the text. */
  const joined = () => {
    let text = '';
    return {
      push: (_: Message, piece: string) => {
        text += piece;
      },
      snapshot: () => text,
    };
  };

  test('makes the state of the messages and of the text that each added', () => {
    const state = create({ accumulate: joined });
    state.push(message(1), 'a');
    state.push(message(2), 'b');
    expect(state.fields()).toMatchObject({ state: 'ab', data: 2 });
    expect(state.textLength()).toBe(2);
  });

  test('is asked for its result only where that is shown', () => {
    const snapshot = vi.fn<() => number>(() => 0);
    const state = create({ accumulate: () => ({ push() {}, snapshot }) });
    for (let value = 0; value < 100; value += 1) state.push(message(value), '');
    expect(snapshot).not.toHaveBeenCalled();
    state.fields();
    expect(snapshot).toHaveBeenCalledTimes(1);
  });

  test('is called once for each beginning', () => {
    const accumulate = vi.fn<typeof joined>(joined);
    const state = create({ accumulate });
    state.push(message(1), 'a');
    const calls = accumulate.mock.calls.length;
    state.clear();
    expect(state.fields().state).toBe('');
    expect(accumulate).toHaveBeenCalledTimes(calls + 1);
  });

  test('is told about the end, and what it throws then is thrown', () => {
    const trouble = new Error('incomplete');
    const end = () => {
      throw trouble;
    };
    const state = create({ accumulate: () => ({ push() {}, snapshot: () => 0, end }) });
    state.push(message(1), '');
    expect(() => state.complete()).toThrow(trouble);
  });

  test('that throws leaves the message delivered, and is reported', () => {
    const page = createTestEnvironment();
    const trouble = new Error('in push');
    const push = () => {
      throw trouble;
    };
    const options = { accumulate: () => ({ push, snapshot: () => 7 }) };
    const state = createMessageState<Message, number>(page, () => options, nothingElse);
    state.push(message(1), '');
    expect(state.fields()).toMatchObject({ state: 7, data: 1 });
    expect(page.reported).toEqual([trouble]);
  });
});
