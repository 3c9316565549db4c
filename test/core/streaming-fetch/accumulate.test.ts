import {
  type Accumulator,
  createStreamingFetch,
  StreamError,
  type StreamMessage,
} from 'rivulet/core';
import { describe, expect, test, vi } from 'vitest';
import { createWire } from '../../support/wire.ts';

type Words = Accumulator<StreamMessage<string>, readonly string[]>;

/** Gathers what each message added to the text; `end` says what becomes of the whole. */
function gather(end?: (words: readonly string[]) => void): () => Words {
  return () => {
    let words: readonly string[] = [];
    return {
      push(_, text) {
        words = [...words, text];
      },
      end: () => end?.(words),
      snapshot: () => words,
    };
  };
}

function start(accumulate: () => Words, respond?: (index: number) => Response | undefined) {
  const wire = createWire({
    contentType: 'text/event-stream',
    respond: (_, index) => respond?.(index),
  });
  const run = createStreamingFetch('/api', {
    ...wire.options,
    accumulate,
    toText: ({ data }) => data.toUpperCase(),
    retry: {},
  });
  return { wire, run, end: run.start() };
}

describe('`accumulate`', () => {
  test('makes the state of what messages add to the text', async () => {
    const { wire, end } = start(gather());
    await wire.send('data: a\n\ndata: b\n\n');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', state: ['A', 'B'], text: 'AB' });
  });

  test('begins anew at every start', async () => {
    const { wire, run, end } = start(gather());
    await wire.send('data: a\n\n');
    await wire.close();
    await end;
    const again = run.start();
    await wire.send('data: b\n\n');
    await wire.close();
    expect((await again).state).toEqual(['B']);
  });

  test('goes on over a repeated attempt', async () => {
    const accumulate = vi.fn<() => Words>(gather());
    const { wire, end } = start(accumulate, (index) =>
      index === 0 ? new Response('', { status: 503 }) : undefined,
    );
    await wire.environment.settle();
    const calls = accumulate.mock.calls.length;
    await wire.environment.advance(200);
    await wire.send('data: a\n\n');
    await wire.close();
    expect((await end).state).toEqual(['A']);
    expect(accumulate).toHaveBeenCalledTimes(calls);
  });

  test('can fail an answer whose end it does not accept', async () => {
    const { wire, end } = start(
      gather(() => {
        throw new StreamError('truncated', 'The answer ended inside a value.');
      }),
    );
    await wire.send('data: a\n\n');
    await wire.close();
    expect(await end).toMatchObject({
      status: 'failed',
      state: ['A'],
      text: 'A',
      error: { code: 'truncated', message: 'The answer ended inside a value.' },
    });
    expect(wire.log).toContain('truncated, final');
  });

  test('that throws anything else at the end leaves the answer done, and is reported', async () => {
    const trouble = new Error('in end');
    const { wire, end } = start(
      gather(() => {
        throw trouble;
      }),
    );
    await wire.send('data: a\n\n');
    await wire.close();
    expect(await end).toMatchObject({ status: 'done', state: ['A'] });
    expect(wire.environment.reported).toEqual([trouble]);
  });

  test('is not told about an end that is not one', async () => {
    const ended = vi.fn<(words: readonly string[]) => void>();
    const { wire, run, end } = start(gather(ended));
    await wire.send('data: a\n\n');
    run.abort();
    await end;
    expect(ended).not.toHaveBeenCalled();
  });
});
