import type { Environment } from '../core/environment.ts';
import { isStreamError } from '../core/errors.ts';
import type { Connection, ConnectionListener } from '../core/event-source/connection.ts';
import type { ChangeCause } from '../core/lifecycle/create-lifecycle.ts';
import {
  IDLE,
  isOver,
  type LifecycleEvent,
  type LifecycleState,
  transition,
} from '../core/lifecycle/transition.ts';
import {
  causeOf,
  type Place,
  readCause,
  readError,
  readState,
  type Step,
  type Steps,
  type TabMessage,
  type Told,
  type WireCause,
  writeCause,
  writeError,
  writeState,
} from './tab-messages.ts';

/*
 * One connection for all tabs.
 *
 * The tab that holds the lock leads: it has the connection, and tells the others its steps. All tabs
 * walk along this one line, and each keeps the last part of it.
 *
 *     away --- enter ---> following --- lock ---> holding --- 100 ms ---> leading
 *       ^                  |    ^                    |                      |
 *       +----- exit -------+    +----- lock lost ----+----------------------+
 *
 * Whoever takes the lock begins a new term, higher than all before it, and tells from which place. A
 * tab that does not stand there asks, and sends along what it has beyond that place. Then the leader
 * connects after its own last event id. To a tab that asks later it tells what came since, from the
 * part of the line that it keeps. It lets a tab that is ahead wait until its id comes by; and for a
 * tab that is too far behind it goes back: it leads once more, from that tab's place, and waits itself
 * until its own id comes by.
 */

/** The channel of a tab. */
export interface TabChannel {
  post(message: TabMessage): void;
  close(): void;
}

/** What a tab shares with the others. */
export interface TabPorts {
  openChannel(hear: (message: TabMessage) => void): TabChannel;
  /**
   * Asks for the lock: waits in line for it, or takes it from its holder. Calls back when it is held,
   * and when it was taken away. Returns how to give it up or to leave the line.
   */
  requestLock(steals: boolean, held: () => void, lost: () => void): () => void;
  /** Makes the connection of a leader. Making it has no effect. */
  connect(listener: ConnectionListener, lastEventId: string): Connection;
}

/** How long the holder of the lock waits for those that are further on. */
const GATHER_MS = 100;
/** After this much silence a visible tab asks whether anybody leads. */
const SILENCE_MS = 2000;
/** How soon a leader has to answer. */
const ANSWER_MS = 1000;
/** Tabs that could all take the lead do so at different moments, so that the first is the only one. */
const SPREAD_MS = 50;
/** How long the replay of a new connection may take. */
const REPLAY_MS = 5000;
/** How much of the line a tab keeps, in characters, and what a step takes beside its data. */
const KEPT_WEIGHT = 1_000_000;
const STEP_WEIGHT = 2000;

/** Where a tab stands that has not joined yet. */
const NOWHERE: Place = { number: -1, id: '' };

const isSame = (left: Place, right: Place) => left.number === right.number && left.id === right.id;

/** Where a place is among others. Who read the same events twice may have numbered them anew. */
function indexOf(places: readonly Place[], at: Place): number {
  const index = places.findIndex((place) => isSame(place, at));
  return index < 0 && at.id !== '' ? places.map(({ id }) => id).lastIndexOf(at.id) : index;
}

const placeOf = ({ number, id }: Place): Place => ({ number, id });

const weightOf = ({ message }: Step) => STEP_WEIGHT + (message?.[1].length ?? 0);

/** Makes the connection of one tab, which leads or follows. */
export function createTabConnection(
  environment: Environment,
  ports: TabPorts,
  listener: ConnectionListener,
  initialLastEventId = '',
): Connection {
  let role: 'away' | 'following' | 'holding' | 'leading' = 'away';
  let channel: TabChannel | undefined;
  let giveUpLock = () => {};
  let cancelTimer = () => {};
  let stopListening: (() => void) | undefined;
  /** The connection of a leader. */
  let connection: Connection | undefined;

  let state: LifecycleState = IDLE;
  /** Whether this tab wants a connection even where that of all is over. */
  let wantsStart = false;
  /** The highest term this tab knows of. */
  let term = 0;

  /** What this tab delivered, as far as it keeps it: the last step is where it stands. */
  let line: Step[] = [];
  let weight = 0;
  /** Steps that are not told yet: those of one chunk go out together. */
  let untold: { readonly after: Place; readonly steps: Step[] } | undefined;

  /** Where the line is, while this tab waits for its own last id to come by and delivers nothing. */
  let cursor: Place | undefined;
  let heldBack: Step[] = [];
  /** The number from which this leader reads itself. */
  let readsFrom = 0;
  /** Whether this leader has read all that was sent before it connected. */
  let isSettled = false;
  let cancelSettling: (() => void) | undefined;
  /** How often in a row this leader went back and did not come by its own id. */
  let failures = 0;
  let isDelivering = false;

  const place = (): Place => line.at(-1) ?? NOWHERE;
  const end = () => cursor ?? place();

  // The line.

  /** Goes on from a place, of which nothing before is kept. */
  function standAt(next: Place): void {
    line = [{ ...placeOf(next), message: null }];
    weight = STEP_WEIGHT;
  }

  function keep(step: Step): void {
    line.push(step);
    weight += weightOf(step);
    while (weight > KEPT_WEIGHT && line.length > 1) {
      for (const oldest of line.splice(0, 1)) weight -= weightOf(oldest);
    }
  }

  function append(step: Step): void {
    if (cursor === undefined) {
      keep(step);
      deliver(step);
    } else if (step.id === place().id) {
      goOnAt(step);
      isSettled = true;
      failures = 0;
    } else {
      cursor = step;
      heldBack.push(step);
    }
  }

  /** Goes on at a place, which other leaders may have called by another number. */
  function goOnAt(next: Place): void {
    stopWaiting();
    if (isSame(next, place())) return;
    if (next.id === place().id) keep({ ...placeOf(next), message: null });
    else standAt(next);
  }

  function deliver({ id, message }: Step): void {
    if (message === null) {
      listener.moved();
      return;
    }
    const [event, data, origin] = message;
    isDelivering = true;
    try {
      listener.message({ event, data, value: data, lastEventId: id, origin });
    } finally {
      isDelivering = false;
    }
  }

  function wait(at: Place): void {
    cursor = at;
    settleIn(ANSWER_MS);
  }

  function stopWaiting(): void {
    cancelSettling?.();
    cancelSettling = undefined;
    cursor = undefined;
    heldBack = [];
  }

  function settleIn(delayMs: number): void {
    cancelSettling ??= environment.setTimer(settle, delayMs);
  }

  /** What has not come by now never will. */
  function settle(): void {
    cancelSettling = undefined;
    isSettled = true;
    if (cursor === undefined) return;
    if (role === 'following') {
      ask();
      settleIn(ANSWER_MS);
    } else if (role === 'leading') {
      failures += 1;
      // The tab that it went back to was ahead of it, or the server does not honour ids.
      if (isDoubtful()) takeAll();
      else lead();
    }
  }

  const isDoubtful = () => failures > 1;

  /** Takes for news what it heard while it waited. */
  function takeAll(): void {
    const steps = heldBack;
    stopWaiting();
    for (const step of steps) if (stopListening) append(step);
  }

  /** What came after a place, `undefined` where that is not known. */
  function stepsAfter(at: Place): Steps | undefined {
    const index = indexOf(line, at);
    const after = line[index];
    return after && { after: placeOf(after), steps: line.slice(index + 1) };
  }

  // Following.

  function follow({ after, steps }: Steps): void {
    const places = [after, ...steps];
    const index = indexOf(places, end());
    const found = places[index];
    if (found === undefined) {
      ask(stepsAfter(after));
      // It may come by before there is an answer.
      if (place().id === '') return;
      wait(after);
    } else if (cursor === undefined) {
      goOnAt(found);
    }
    for (const step of steps.slice(Math.max(0, index))) if (role !== 'away') append(step);
  }

  function ask(ahead?: Steps): void {
    post({ type: 'ask', term, at: placeOf(place()), ahead });
  }

  /** Asks whether anybody leads; a visible tab takes the lead if nobody answers. */
  function probe(): void {
    cancelTimer();
    ask();
    cancelTimer = environment.setTimer(steal, ANSWER_MS + environment.random() * SPREAD_MS);
  }

  /** Hears something. The timers of hidden pages are late: those ask when they are visible. */
  function watch(): void {
    cancelTimer();
    if (!environment.isHidden()) cancelTimer = environment.setTimer(probe, SILENCE_MS);
  }

  function steal(): void {
    if (!environment.isHidden()) requestLock(true);
  }

  function requestLock(steals: boolean): void {
    giveUpLock();
    role = 'following';
    giveUpLock = ports.requestLock(steals, hold, stepDown);
    probe();
  }

  /** Another tab took the lock: whatever this tab still reads is no longer its business. */
  function stepDown(): void {
    disconnect();
    requestLock(false);
  }

  // Leading.

  /** A new term: what former leaders still say reaches nobody. A random part keeps two apart. */
  function beginTerm(): void {
    stopWaiting();
    term = Math.max(term, environment.now()) + environment.random();
  }

  /** Has the lock, and lets those that are further on say so. */
  function hold(): void {
    if (line.length === 0) {
      lead();
      return;
    }
    role = 'holding';
    beginTerm();
    tell({ type: 'steps', after: placeOf(end()), steps: [] });
    offer();
    cancelTimer();
    cancelTimer = environment.setTimer(lead, GATHER_MS);
  }

  /** Connects from its own place, or from that of a tab that lacks more than is kept. */
  function lead(from = place()): void {
    cancelTimer();
    disconnect();
    beginTerm();
    role = 'leading';
    isSettled = false;
    // A line that begins anew is above any older one, of which a tab may come back.
    if (from === NOWHERE) standAt({ number: environment.now(), id: initialLastEventId });
    else if (from !== place() && place().id !== '') cursor = from;
    else if (from !== place()) standAt(from);
    readsFrom = end().number;
    answer(NOWHERE);
    const mine = ports.connect(
      {
        ...listener,
        changed(next, cause) {
          if (connection === mine) change(next, cause);
        },
        message({ event, data, origin, lastEventId }) {
          step(lastEventId, [event, data, origin]);
          // In another tab it may have been taken whole: its id counts.
          return true;
        },
        moved: () => step(mine.lastEventId(), null),
        comment(comment) {
          tell({ type: 'comment', comment });
          listener.comment(comment);
        },
        report(error, willRetry) {
          tell({ type: 'report', error: writeError(error), willRetry });
          listener.report(error, willRetry);
        },
      },
      end().id,
    );
    connection = mine;
    if (wantsStart || !isOver(state.status)) mine.start();
    wantsStart = false;
  }

  function disconnect(): void {
    tellSteps();
    const former = connection;
    connection = undefined;
    former?.stop('unmounted');
  }

  function step(id: string, message: Step['message']): void {
    const after = end();
    if (untold === undefined) {
      untold = { after: placeOf(after), steps: [] };
      queueMicrotask(tellSteps);
    }
    const next = { number: after.number + 1, id, message };
    untold.steps.push(next);
    append(next);
  }

  function change(next: LifecycleState, cause?: ChangeCause): void {
    state = next;
    isDelivering = false;
    if (next.status === 'open' && !isSettled) settleIn(REPLAY_MS);
    tell({ type: 'state', state: writeState(next, environment.now()), cause: writeCause(cause) });
    listener.changed(next, cause);
  }

  /** Tells the tabs at a place where they go on. */
  function answer(at: Place): void {
    const here = { after: placeOf(end()), steps: [] };
    const known = isSame(at, end()) ? here : cursor ? undefined : stepsAfter(at);
    // Without ids nothing can be replayed.
    const jumps = at.id === '' || isDoubtful() || isOver(state.status);
    const isBehind = isSettled || (at.number < readsFrom && failures === 0);
    if (!known && !jumps && isBehind) {
      lead(at);
      return;
    }
    tell({
      type: 'answer',
      at,
      ...(known ?? here),
      waits: !known && !jumps,
      state: writeState(state, environment.now()),
    });
    offer();
  }

  /** A hidden page lets a visible one lead. */
  function offer(): void {
    if (environment.isHidden()) tell({ type: 'offer' });
  }

  // What tabs say.

  function post(message: TabMessage): void {
    tellSteps();
    channel?.post(message);
  }

  const tell = (told: Told) => post({ ...told, term });

  function tellSteps(): void {
    const steps = untold;
    untold = undefined;
    if (steps) tell({ type: 'steps', ...steps });
  }

  function hear(message: TabMessage): void {
    if (message.term > term) {
      stopWaiting();
      term = message.term;
      if (role === 'leading') stepDown();
    }
    if (message.type === 'ask') {
      if (role === 'leading') answer(message.at);
      else if (role === 'holding' && message.ahead) follow(message.ahead);
    } else if (role === 'following' && message.term === term) {
      watch();
      obey(message);
    }
  }

  function obey(told: Told): void {
    switch (told.type) {
      case 'answer': {
        if (isSame(told.at, place())) {
          if (told.waits) {
            if (!cursor) wait(told.after);
          } else if (cursor && isSame(told.after, cursor)) {
            takeAll();
          } else {
            goOnAt(told.after);
          }
        }
        follow(told);
        const next = readState(told.state, environment.now());
        if (next.status !== state.status || next.attempt !== state.attempt) turn(next);
        return;
      }
      case 'steps':
        follow(told);
        return;
      case 'state':
        turn(readState(told.state, environment.now()), told.cause);
        return;
      case 'report':
        listener.report(readError(told.error), told.willRetry);
        return;
      case 'comment':
        listener.comment(told.comment);
        return;
      case 'offer':
        environment.setTimer(() => {
          if (role === 'following' && told.term === term && line.length > 0) steal();
        }, environment.random() * SPREAD_MS);
    }
  }

  /** Shows what the leader's connection turned to. */
  function turn(next: LifecycleState, cause: WireCause | null = null): void {
    if (role === 'away') return;
    if (wantsStart && isOver(next.status)) {
      requestLock(true);
      return;
    }
    wantsStart = false;
    try {
      if (next.status === 'done') listener.complete();
    } catch (error) {
      if (!isStreamError(error)) throw error;
      leave({ type: 'fail', error });
      return;
    }
    state = next;
    listener.changed(state, readCause(cause, state));
  }

  // The page.

  function enter(): void {
    if (role !== 'away') return;
    channel = ports.openChannel(hear);
    requestLock(false);
  }

  /** Lets go of everything; the place is kept. */
  function exit(): void {
    disconnect();
    cancelTimer();
    giveUpLock();
    channel?.close();
    channel = undefined;
    role = 'away';
  }

  function leave(event: LifecycleEvent): void {
    const next = transition(state, event);
    isDelivering = false;
    stopListening?.();
    stopListening = undefined;
    stopWaiting();
    exit();
    if (next === state) return;
    state = next;
    listener.changed(state, event.type === 'fail' ? causeOf(state) : undefined);
  }

  return {
    // A message that is caught up on arrived while a connection was open, whatever is the case now.
    state() {
      const arrivedEarlier = isDelivering && state.status !== 'open';
      return arrivedEarlier ? { ...IDLE, status: 'open', attempt: state.attempt } : state;
    },
    lastEventId: () => (line.length > 0 ? place().id : initialLastEventId),
    // Only such requests are shared: each change of the leader repeats them.
    mayRepeat: () => true,
    start(keepsSession) {
      if (role === 'leading') {
        connection?.start(keepsSession);
        return;
      }
      wantsStart = true;
      if (stopListening) {
        if (role === 'following') requestLock(true);
        return;
      }
      stopListening = environment.onPageSignal(({ type }) => {
        // A page that cannot act must hold nothing that others wait for.
        if (type === 'pagehide' || type === 'freeze') exit();
        else if (type === 'pageshow' || type === 'resume') enter();
        else if (type === 'visible' && role === 'following') probe();
        else if (type === 'hidden' && role === 'leading') offer();
      });
      state = transition(state, { type: 'start', pausedBy: [] });
      enter();
      listener.changed(state);
    },
    stop: (reason) => leave({ type: 'stop', reason }),
    fail: (error) => leave({ type: 'fail', error }),
    end: (by) => leave({ type: 'end', by }),
    reset: () => leave({ type: 'reset' }),
  };
}
