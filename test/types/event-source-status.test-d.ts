import { type AbortReason, type StreamError, useEventSource } from 'rivulet';
import { createEventSource } from 'rivulet/core';
import { describe, expectTypeOf, test } from 'vitest';
import type { LifecycleFields } from '../../src/core/types.ts';

type At<TStatus extends LifecycleFields['status']> = Extract<LifecycleFields, { status: TStatus }>;

describe('a result narrows on its status', () => {
  test('to an error in failed', () => {
    const result = useEventSource('/api');
    expectTypeOf(result.error).toEqualTypeOf<StreamError | null>();
    if (result.status === 'failed') {
      expectTypeOf(result.error).toEqualTypeOf<StreamError>();
      expectTypeOf(result.readyState).toEqualTypeOf<2>();
    }
  });

  test('to a time in waiting', () => {
    const result = useEventSource('/api');
    if (result.status === 'waiting') {
      expectTypeOf(result.nextRetryAt).toEqualTypeOf<number>();
      expectTypeOf(result.error).toEqualTypeOf<StreamError | null>();
      expectTypeOf(result.readyState).toEqualTypeOf<0>();
    }
  });

  test('to a reason in aborted', () => {
    const result = useEventSource('/api');
    if (result.status === 'aborted') {
      expectTypeOf(result.reason).toEqualTypeOf<AbortReason>();
      expectTypeOf(result.error).toEqualTypeOf<null>();
    }
  });

  test('to no error, time and reason in open, done and idle', () => {
    const result = useEventSource('/api');
    if (result.status === 'open' || result.status === 'done' || result.status === 'idle') {
      expectTypeOf(result.error).toEqualTypeOf<null>();
      expectTypeOf(result.nextRetryAt).toEqualTypeOf<null>();
      expectTypeOf(result.reason).toEqualTypeOf<null>();
    }
  });

  test('after destructuring too', () => {
    const { status, error, nextRetryAt, reason } = useEventSource('/api');
    if (status === 'failed') expectTypeOf(error).toEqualTypeOf<StreamError>();
    if (status === 'waiting') expectTypeOf(nextRetryAt).toEqualTypeOf<number>();
    if (status === 'aborted') expectTypeOf(reason).toEqualTypeOf<AbortReason>();
  });

  test('in the snapshots of a controller', () => {
    const snapshot = createEventSource('/api').getSnapshot();
    if (snapshot.status === 'failed') expectTypeOf(snapshot.error).toEqualTypeOf<StreamError>();
  });

  test('so that a switch over it is exhaustive', () => {
    const { status } = useEventSource('/api');
    switch (status) {
      case 'idle':
      case 'connecting':
      case 'open':
      case 'waiting':
      case 'paused':
      case 'done':
      case 'aborted':
      case 'failed':
        break;
      default:
        expectTypeOf(status).toBeNever();
    }
  });
});

describe('the WHATWG number', () => {
  test('belongs to the status', () => {
    expectTypeOf<At<'connecting' | 'waiting' | 'paused'>['readyState']>().toEqualTypeOf<0>();
    expectTypeOf<At<'open'>['readyState']>().toEqualTypeOf<1>();
    expectTypeOf<At<'idle' | 'done' | 'aborted' | 'failed'>['readyState']>().toEqualTypeOf<2>();
  });

  test('narrows as well', () => {
    const result = useEventSource('/api');
    if (result.readyState === 1) expectTypeOf(result.status).toEqualTypeOf<'open'>();
  });
});

describe('every field', () => {
  test('exists under every status', () => {
    const result = useEventSource('/api', { parse: 'json', reduce: () => 1, initialState: 0 });
    expectTypeOf(result).toHaveProperty('attempt').toEqualTypeOf<number>();
    expectTypeOf(result).toHaveProperty('state').toEqualTypeOf<number>();
    expectTypeOf(result).toHaveProperty('dropped').toEqualTypeOf<number>();
    expectTypeOf(result).toHaveProperty('lastEventId').toEqualTypeOf<string>();
    expectTypeOf(result).toHaveProperty('isPrevious').toEqualTypeOf<boolean>();
    expectTypeOf(result).toHaveProperty('close').toEqualTypeOf<() => void>();
    expectTypeOf(result).toHaveProperty('reconnect').toEqualTypeOf<() => void>();
  });
});
