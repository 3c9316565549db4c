import { Hono } from 'hono';
import { type DemoContext, type DemoEnv, nextNumberOf, numberOf } from '../demo-request.ts';
import type { StreamRecord } from '../demo-state.ts';
import { encodeEvent } from '../encode-event.ts';
import { ConnectionDropped, dropConnection, eventStream, type Pause } from '../event-stream.ts';

/** Memory of one kind for each stream id. */
function createMemory<TMemory>(create: () => TMemory): (context: DemoContext) => TMemory {
  const memories = new WeakMap<StreamRecord, TMemory>();
  return (context) => {
    const record = context.get('record');
    const memory = memories.get(record) ?? create();
    memories.set(record, memory);
    return memory;
  };
}

/** How often a stream looks whether there is something new to send, in ms. */
const LOOK_MS = 50;

/** All notes of a room after the one a client saw last, and those to come. */
function listen(context: DemoContext, notes: readonly string[]): Response {
  return eventStream(context, async function* (pause) {
    for (let id = nextNumberOf(context); ; id += 1) {
      while (id > notes.length) await pause(LOOK_MS);
      yield encodeEvent({ id, data: notes[id - 1] ?? '' });
    }
  });
}

/** What the buttons of the lifecycle diagram tell the server. */
interface Laboratory {
  /** How the next connections are answered. */
  answer: 'stream' | 'unavailable' | 'forbidden';
  /** Streams that began before this many commands heed the newest one. */
  commands: number;
  newest: 'drop' | 'finish';
}

/** Numbers, until a command breaks the connection or ends the stream with a sentinel. */
async function* numbersUntilTold(
  context: DemoContext,
  pause: Pause,
  laboratory: Laboratory,
): AsyncGenerator<string, void> {
  const heard = laboratory.commands;
  const interval = Math.max(LOOK_MS, numberOf(context, 'interval', 700));
  for (let number = nextNumberOf(context); ; number += 1) {
    for (let waited = 0; waited < interval; waited += LOOK_MS) {
      await pause(LOOK_MS);
      if (laboratory.commands === heard) continue;
      if (laboratory.newest === 'drop') throw new ConnectionDropped();
      return yield encodeEvent({ event: 'end', data: 'bye' });
    }
    yield encodeEvent({ id: number, data: `${number}` });
  }
}

async function openLaboratory(context: DemoContext, laboratory: Laboratory): Promise<Response> {
  // Late headers, so that there is a `connecting` to look at.
  await new Promise((resolve) => setTimeout(resolve, numberOf(context, 'delay', 600)));
  if (laboratory.answer === 'unavailable') {
    return context.text('Closed for the moment.', 503, { 'Retry-After': '2' });
  }
  if (laboratory.answer === 'forbidden') return context.text('Not for you.', 403);
  return eventStream(context, (pause) => numbersUntilTold(context, pause, laboratory));
}

function command(context: DemoContext, laboratory: Laboratory): Response {
  const told = context.req.param('command');
  if (told === 'drop' || told === 'finish') {
    laboratory.newest = told;
    laboratory.commands += 1;
  } else if (told === 'stream' || told === 'unavailable' || told === 'forbidden') {
    laboratory.answer = told;
  } else {
    return context.json({ error: 'There is no such command.' }, 404);
  }
  return context.json(laboratory);
}

const STEPS = ['accepted', 'paid', 'packed', 'shipped'];

/**
 * Makes an order and tells its progress. A known `Idempotency-Key` means the order that was made
 * under it. The first connection of every order breaks half-way.
 */
function order(context: DemoContext, orders: (string | undefined)[]): Response {
  const key = context.req.header('Idempotency-Key');
  const known = key === undefined ? -1 : orders.indexOf(key);
  const isNew = known === -1;
  const number = isNew ? orders.push(key) : known + 1;
  // A new order has all its steps ahead, whatever its customer saw of another.
  const first = isNew ? 1 : nextNumberOf(context);
  return eventStream(context, async function* (pause) {
    for (const [index, step] of STEPS.entries()) {
      if (index + 1 < first) continue;
      await pause(numberOf(context, 'interval', 400));
      const data = JSON.stringify({ order: number, step, made: orders.length });
      yield encodeEvent({ id: index + 1, data });
      if (!isNew || index !== 1) continue;
      await dropConnection(pause);
    }
    yield encodeEvent({ event: 'end', data: 'bye' });
  });
}

/**
 * Streams that the guides explain something with.
 *
 * - `GET /room`: its notes, numbered, and those to come; `POST /room` with the text of a note
 * - `GET /laboratory`: numbers that come late by `?delay=600`, `?interval=700`; `POST
 *   /laboratory/{command}`: `drop`, `finish`, or how to answer from now on: `stream`,
 *   `unavailable`, `forbidden`
 * - `POST /orders`: the steps of an order, broken off half-way unless its `Idempotency-Key` is
 *   known. `?interval=400`
 */
export function guideRoutes(): Hono<DemoEnv> {
  const notesOf = createMemory<string[]>(() => []);
  const ordersOf = createMemory<(string | undefined)[]>(() => []);
  const laboratoryOf = createMemory<Laboratory>(() => ({
    answer: 'stream',
    commands: 0,
    newest: 'drop',
  }));
  return new Hono<DemoEnv>()
    .get('/room', (context) => listen(context, notesOf(context)))
    .post('/room', async (context) => {
      const number = notesOf(context).push(await context.req.text());
      return context.json({ number });
    })
    .get('/laboratory', (context) => openLaboratory(context, laboratoryOf(context)))
    .post('/laboratory/:command', (context) => command(context, laboratoryOf(context)))
    .post('/orders', (context) => order(context, ordersOf(context)));
}
