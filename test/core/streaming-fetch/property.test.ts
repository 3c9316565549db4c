import * as fc from 'fast-check';
import {
  createStreamingFetch,
  type StreamingFetchController,
  type StreamingFetchSnapshot,
} from 'rivulet/core';
import type { RecordedRequest } from 'rivulet/testing';
import { describe, expect, test } from 'vitest';
import { createWire, leftOn, NOTHING_LEFT_ON_WIRE, type Wire } from '../../support/wire.ts';

/** Everything that a series of steps deals with. */
interface Play {
  readonly wire: Wire;
  readonly run: StreamingFetchController;
  /** What every start came to, by its number. */
  readonly ends: Map<number, StreamingFetchSnapshot>;
  /** The starts that the streams answer, in the order of the streams. */
  readonly served: number[];
  starts: number;
  /** How the next request is answered. */
  answer: 'stream' | 'busy' | 'refused' | 'unreachable' | 'never' | 'nothing';
  /** What the next message leads to. */
  inCallback: 'start' | 'abort' | 'reset' | 'nothing';
}

interface Step {
  readonly name: string;
  readonly take: (play: Play) => void | Promise<void>;
}

const step = (name: string, take: Step['take']) => fc.constant<Step>({ name, take });

/** Starts a run that knows its number: the server sends it back in every token. */
function start(play: Play): void {
  play.starts += 1;
  const number = play.starts;
  void play.run.start({ url: `/${number}` }).then((end) => play.ends.set(number, end));
}

/** Writes tokens to a stream: each is the number of the start that the stream answers. */
function write({ wire, served }: Play, stream: number, count: number): void {
  wire.streams.at(stream)?.write(`${served.at(stream)} `.repeat(count));
}

const calls = fc.oneof(
  { weight: 4, arbitrary: step('start', start) },
  step('abort', ({ run }) => run.abort()),
  step('reset', ({ run }) => run.reset()),
  fc.constantFrom<Play['inCallback'][]>('start', 'abort', 'reset').map<Step>((call) => ({
    name: `${call} in the next callback`,
    take: (play) => void (play.inCallback = call),
  })),
);

const server = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.integer({ min: 1, max: 5 }).map<Step>((count) => ({
      name: `${count} tokens`,
      take: (play) => write(play, -1, count),
    })),
  },
  step('late tokens of the stream before', (play) => write(play, -2, 1)),
  step('end', ({ wire }) => wire.streams.at(-1)?.close()),
  step('drop', ({ wire }) => wire.streams.at(-1)?.fail()),
  fc
    .constantFrom<Play['answer'][]>('busy', 'refused', 'unreachable', 'never', 'nothing')
    .map<Step>((answer) => ({ name: answer, take: (play) => void (play.answer = answer) })),
);

const time = fc.oneof(
  fc.integer({ min: 0, max: 200 }).map<Step>((ms) => ({
    name: `${ms} ms pass`,
    take: ({ wire }) => wire.environment.advance(ms),
  })),
  fc.integer({ min: 1000, max: 100_000 }).map<Step>((ms) => ({
    name: `${ms} ms pass`,
    take: ({ wire }) => wire.environment.advance(ms),
  })),
);

const numberOf = (url: string) => Number(url.slice(1));

/** Answers as it was last told, and then with streams again. */
function answerTo({ url }: RecordedRequest, play: Play): Response | Promise<Response> | undefined {
  const { answer } = play;
  play.answer = 'stream';
  switch (answer) {
    case 'busy':
      return new Response('', { status: 503 });
    case 'refused':
      return new Response('no', { status: 403 });
    case 'nothing':
      return new Response(null, { status: 204 });
    case 'never':
      return new Promise<Response>(() => {});
    case 'unreachable':
      throw new TypeError('Failed to fetch');
    default:
      play.served.push(numberOf(url));
      return undefined;
  }
}

const settings = fc.record({
  method: fc.constantFrom('GET', 'POST'),
  retry: fc.constantFrom(undefined, false as const, {}),
  flush: fc.constantFrom<('auto' | 'sync' | number)[]>('auto', 'sync', 50),
  idleTimeoutMs: fc.constantFrom(undefined, 20_000),
  keepPrevious: fc.boolean(),
});

/** The tokens in a snapshot that are of another run; what it shows as previous may be. */
function foreignIn({ text, isPrevious }: StreamingFetchSnapshot, number: number): string[] {
  if (isPrevious) return [];
  return text.split(' ').filter((token) => token !== '' && token !== String(number));
}

describe('whatever is called and whatever fails', { timeout: 60_000 }, () => {
  test('one request at most is under way, every promise resolves, no text is of another run', async () => {
    await fc.assert(
      fc.asyncProperty(
        settings,
        fc.array(fc.tuple(fc.oneof(calls, server, time), fc.boolean()), { maxLength: 40 }),
        async (options, steps) => {
          const wire = createWire({ respond: (request) => answerTo(request, play) });
          const run = createStreamingFetch('/', {
            ...options,
            environment: wire.environment,
            onMessage() {
              const { inCallback } = play;
              play.inCallback = 'nothing';
              if (inCallback === 'start') start(play);
              else if (inCallback !== 'nothing') run[inCallback]();
            },
          });
          const play: Play = {
            wire,
            run,
            ends: new Map(),
            served: [],
            starts: 0,
            answer: 'stream',
            inCallback: 'nothing',
          };
          const foreign: string[] = [];
          run.subscribe(() => void foreign.push(...foreignIn(run.getSnapshot(), play.starts)));

          for (const [{ take }, settles] of steps) {
            await take(play);
            if (settles) await wire.environment.settle();
            expect(wire.inProgress).toBeLessThanOrEqual(1);
          }
          run.abort();
          await wire.environment.settle();
          expect(leftOn(wire)).toEqual(NOTHING_LEFT_ON_WIRE);
          expect(wire.environment.reported).toEqual([]);
          expect(play.ends.size).toBe(play.starts);
          for (const [number, end] of play.ends) {
            expect(['done', 'aborted', 'failed']).toContain(end.status);
            foreign.push(...foreignIn(end, number));
          }
          expect(foreign).toEqual([]);
          const sent = wire.requests.map(({ url }) => numberOf(url));
          const mayRepeat = options.method === 'GET' && options.retry;
          expect(mayRepeat ? 0 : sent.length - new Set(sent).size).toBe(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});
