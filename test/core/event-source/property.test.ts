import * as fc from 'fast-check';
import {
  createEventSource,
  type EventSourceController,
  type EventSourceOptions,
} from 'rivulet/core';
import { createTestEnvironment, type TestEnvironment } from 'rivulet/testing';
import { describe, expect, test } from 'vitest';
import { createResumingServer, type ResumingServer } from '../../support/resuming-server.ts';

/** Everything a run deals with. */
interface Run {
  readonly server: ResumingServer;
  readonly environment: TestEnvironment;
  readonly delivered: number[];
  source: EventSourceController;
  /** What the callback of the next message does. */
  inCallback: 'close' | 'reconnect' | 'nothing';
  readonly options: EventSourceOptions;
}

/** One thing that happens, with a name for the report. */
interface Step {
  readonly name: string;
  readonly run: (run: Run) => void | Promise<void>;
}

const step = (name: string, run: Step['run']) => fc.constant<Step>({ name, run });

const calls = fc.oneof(
  step('start', ({ source }) => source.start()),
  step('reconnect', ({ source }) => source.reconnect()),
  step('close', async (run) => {
    run.source.close();
    await run.environment.settle();
    expectNothingLeft(run);
  }),
  step('create another', (run) => {
    run.source.close();
    create(run, run.source.getSnapshot().lastEventId);
    run.source.start();
  }),
  step('close in the next callback', (run) => void (run.inCallback = 'close')),
  step('reconnect in the next callback', (run) => void (run.inCallback = 'reconnect')),
);

const faults = fc.oneof(
  step('drop', ({ server }) => server.drop()),
  step('drop inside an event', ({ server }) => server.dropInside()),
  step('clean end', ({ server }) => server.end()),
  step('stall', ({ server }) => server.stall()),
  fc
    .constantFrom('unreachable', 'silent', 'busy', 'busy for 40 s', 'unauthorized', 'html')
    .map<Step>((refusal) => ({ name: refusal, run: ({ server }) => server.refuse(refusal) })),
);

const pageSignals = fc
  .constantFrom<[string, (page: TestEnvironment) => void][]>(
    ['hidden', (page) => page.setVisible(false)],
    ['visible', (page) => page.setVisible(true)],
    ['offline', (page) => page.setOnline(false)],
    ['online', (page) => page.setOnline(true)],
    ['freeze', (page) => page.signal({ type: 'freeze' })],
    ['resume', (page) => page.signal({ type: 'resume' })],
    ['pagehide', (page) => page.signal({ type: 'pagehide', persisted: true })],
    ['pageshow', (page) => page.signal({ type: 'pageshow', persisted: true })],
    ['a new page', (page) => page.signal({ type: 'pageshow', persisted: false })],
  )
  .map<Step>(([name, signal]) => ({ name, run: ({ environment }) => signal(environment) }));

const time = fc.oneof(
  fc.integer({ min: 0, max: 3000 }).map<Step>((ms) => ({
    name: `${ms} ms pass`,
    run: ({ environment }) => environment.advance(ms),
  })),
  fc.integer({ min: 3000, max: 100_000 }).map<Step>((ms) => ({
    name: `${ms} ms pass`,
    run: ({ environment }) => environment.advance(ms),
  })),
  fc.integer({ min: 1000, max: 200_000 }).map<Step>((ms) => ({
    name: `${ms} ms of sleep`,
    run: ({ environment }) => environment.skip(ms),
  })),
);

const events = fc
  .tuple(fc.integer({ min: 1, max: 6 }), fc.array(fc.nat(100), { maxLength: 4 }))
  .map<Step>(([count, cuts]) => ({
    name: `${count} events`,
    run: ({ server }) => server.emit(count, ...cuts),
  }));

const steps = fc.array(
  fc.tuple(
    fc.oneof(
      { weight: 3, arbitrary: calls },
      { weight: 3, arbitrary: faults },
      { weight: 3, arbitrary: pageSignals },
      { weight: 3, arbitrary: time },
      { weight: 4, arbitrary: events },
    ),
    /** Whether promises settle before the next step. */
    fc.boolean(),
  ),
  { maxLength: 40 },
);

const settings = fc.record({
  random: fc.constantFrom(0, 0.5, 0.99),
  method: fc.constantFrom('GET', 'POST'),
  pauseWhenHidden: fc.boolean(),
  idleTimeoutMs: fc.constantFrom(undefined, 20_000),
  connectTimeoutMs: fc.constantFrom(undefined, 10_000),
  flush: fc.constantFrom<('auto' | 'sync' | number)[]>('auto', 'sync', 50),
  refreshes: fc.boolean(),
});

/** Puts a new subscription in the place of the old one. */
function create(run: Run, lastEventId: string): void {
  run.source = createEventSource('/events', {
    ...run.options,
    lastEventId,
    onMessage({ data }) {
      run.delivered.push(Number(data.slice('event '.length)));
      const { inCallback } = run;
      run.inCallback = 'nothing';
      if (inCallback !== 'nothing') run.source[inCallback]();
    },
  });
}

function expectNothingLeft({ environment, server }: Run): void {
  expect({ ...environment.pending(), requests: server.mock.inProgress }).toEqual({
    timers: 0,
    listeners: 0,
    requests: 0,
  });
}

/** What must hold at every moment. */
function expectSound(run: Run, seen: { lastEventId: number }): void {
  expect(run.server.mostInProgress).toBeLessThanOrEqual(1);
  expect(run.server.mock.inProgress).toBeLessThanOrEqual(1);
  expect(run.delivered).toEqual(run.delivered.map((_, index) => index + 1));
  const lastEventId = Number(run.source.getSnapshot().lastEventId);
  expect(lastEventId).toBeGreaterThanOrEqual(seen.lastEventId);
  seen.lastEventId = lastEventId;
  expect(run.environment.reported).toEqual([]);
  // This server never says that it is done, so only a request that may not be repeated is.
  const impossible = run.options.method === 'GET' ? ['done', 'idle'] : ['idle'];
  expect(impossible).not.toContain(run.source.getSnapshot().status);
}

describe('whatever a caller, a page and a server do', () => {
  test('one request at most, no event twice, none out of order, nothing left behind', async () => {
    const property = fc.asyncProperty(settings, steps, async (given, sequence) => {
      const { random, refreshes, ...options } = given;
      const server = createResumingServer();
      const environment = createTestEnvironment({ fetch: server.mock.fetch, random });
      const run: Run = {
        server,
        environment,
        delivered: [],
        source: createEventSource('/events', { environment }),
        inCallback: 'nothing',
        options: { environment, ...options, ...(refreshes && { onUnauthorized: () => {} }) },
      };
      create(run, '');
      run.source.start();
      const seen = { lastEventId: 0 };
      for (const [{ run: act }, settles] of sequence) {
        await act(run);
        if (settles) await environment.settle();
        expectSound(run, seen);
      }

      // Whatever happened: once all is well again, the client catches up.
      environment.setVisible(true);
      environment.setOnline(true);
      run.inCallback = 'nothing';
      for (let round = 0; round < 50; round += 1) {
        run.source.reconnect();
        await environment.advance(1000);
        if (run.source.getSnapshot().status === 'open') break;
      }
      expectSound(run, seen);
      expect(run.source.getSnapshot().status).toBe('open');
      expect(run.delivered).toHaveLength(server.count);

      run.source.close();
      await environment.settle();
      expectNothingLeft(run);
    });
    await fc.assert(property, { numRuns: 300 });
  }, 60_000);
});
