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
 * Whoever has the lock begins a new term, higher than all before, and says from which place. A tab that
 * does not stand there asks, and sends along what it has beyond. Then the leader connects after its own
 * last event id. What a tab asks for later, the leader answers from the part of the line that it keeps.
 *
 * A place that the leader does not know is still to come, or was too long ago. While its connection is
 * new it takes it to be ahead: the tab waits until its own last id comes by. Once settled it takes it
 * to be behind, and goes back: it leads again from there, and waits itself for its own id.
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
/** How long a new connection may take to replay what it missed. */
const REPLAY_MS = 5000;
/** How much of the line a tab keeps, in characters, and what a step takes beside its data. */
const KEPT_WEIGHT = 1_000_000;
const STEP_WEIGHT = 2000;

/** Where a tab stands that has not joined yet. */
const NOWHERE: Place = { number: -1, id: '' };

const placeOf = ({ number, id }: Place): Place => ({ number, id });

const isSame = (left: Place, right: Place) => left.number === right.number && left.id === right.id;

/** Finds a place by its number, or by its id: leaders that read it twice number it anew. */
function indexOf(places: readonly Place[], at: Place): number {
  const index = places.findIndex((place) => isSame(place, at));
  return index < 0 && at.id !== '' ? places.map(({ id }) => id).lastIndexOf(at.id) : index;
}

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
  let isDelivering = false;
  /** Steps that are not told yet: those of one chunk go out together. */
  let untold: { readonly after: Place; readonly steps: Step[] } | undefined;

  /** Where the line is, while this tab waits for its own last id and delivers nothing. */
  let cursor: Place | undefined;
  let heldBack: Step[] = [];
  let cancelPatience: (() => void) | undefined;
  /** The fraction of the numbers that this leader gives, so that no two give the same to two steps. */
  let mark = 0;
  /** The number after which this leader connected. */
  let readsFrom = 0;
  /** Whether this leader has read all that was sent before it connected. */
  let isSettled = false;
  /** How often in a row it did not come by its own id after it went back. */
  let failures = 0;

  const place = (): Place => line.at(-1) ?? NOWHERE;
  const end = () => cursor ?? place();

  // The line.

  /** Takes the next step of the line. */
  function take(step: Step): void {
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

  function keep(step: Step): void {
    line.push(step);
    for (weight += weightOf(step); weight > KEPT_WEIGHT && line.length > 1; ) {
      for (const oldest of line.splice(0, 1)) weight -= weightOf(oldest);
    }
  }

  const weightOf = ({ message }: Step) => STEP_WEIGHT + (message?.[1].length ?? 0);

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

  /** Goes on at a place. Another one than this tab's follows nothing that it keeps. */
  function goOnAt(next: Place): void {
    stopWaiting();
    if (isSame(next, place())) return;
    if (next.id !== place().id || next.id === '') {
      line = [];
      weight = 0;
    }
    keep({ ...placeOf(next), message: null });
  }

  function stepsAfter(at: Place): Steps | undefined {
    const index = indexOf(line, at);
    const after = line[index];
    return after && { after: placeOf(after), steps: line.slice(index + 1) };
  }

  // Waiting for an id to come by.

  function wait(at: Place): void {
    cursor = at;
    losePatienceIn(ANSWER_MS);
  }

  function stopWaiting(): void {
    cancelPatience?.();
    cancelPatience = cursor = undefined;
    heldBack = [];
  }

  function losePatienceIn(delayMs: number): void {
    cancelPatience ??= environment.setTimer(losePatience, delayMs);
  }

  function losePatience(): void {
    cancelPatience = undefined;
    isSettled = true;
    if (cursor === undefined) return;
    if (role === 'following') {
      ask();
      wait(cursor);
    } else if (role === 'leading') {
      failures += 1;
      // Perhaps it went ahead, and not back. Otherwise the server does not honour ids.
      if (failures === 1) lead();
      else takeAll();
    }
  }

  /** Takes what it held back for news. */
  function takeAll(): void {
    const steps = heldBack;
    const last = end();
    stopWaiting();
    for (const step of steps) if (stopListening) take(step);
    if (stopListening) goOnAt(last);
  }

  // Following.

  function follow({ after, steps }: Steps): void {
    const places = [after, ...steps];
    const index = indexOf(places, end());
    const found = places[index];
    if (found === undefined) {
      ask(stepsAfter(after));
      if (place().id === '') return;
      // It may come by before there is an answer.
      wait(after);
    } else if (cursor === undefined) {
      goOnAt(found);
    }
    for (const step of steps.slice(Math.max(0, index))) if (role !== 'away') take(step);
  }

  function ask(ahead?: Steps): void {
    post({ type: 'ask', term, at: placeOf(place()), ahead });
  }

  /** Asks whether anybody leads; a visible tab takes the lead if nobody answers. */
  function probe(): void {
    ask();
    setTimer(steal, ANSWER_MS + environment.random() * SPREAD_MS);
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

  /** Another tab has the lock: whatever this tab still reads is no longer its business. */
  function stepDown(): void {
    disconnect();
    requestLock(false);
  }

  function setTimer(callback: () => void, delayMs: number): void {
    cancelTimer();
    cancelTimer = environment.setTimer(callback, delayMs);
  }

  // Leading.

  /** Lets those that are further on say so. */
  function hold(): void {
    if (line.length === 0) {
      lead();
      return;
    }
    role = 'holding';
    beginTerm();
    tell({ type: 'steps', after: placeOf(end()), steps: [] });
    offer();
    setTimer(lead, GATHER_MS);
  }

  /** What former leaders still say reaches nobody any more. A random part keeps two terms apart. */
  function beginTerm(): void {
    stopWaiting();
    term = Math.max(term, environment.now()) + environment.random();
  }

  /** Connects from its own place, or from that of a tab that lacks more than is kept. */
  function lead(from = place()): void {
    cancelTimer();
    disconnect();
    beginTerm();
    role = 'leading';
    isSettled = false;
    // A line that begins anew is above any older one, of which a tab may come back.
    if (from === NOWHERE) goOnAt({ number: environment.now(), id: initialLastEventId });
    else if (place().id === '') goOnAt(from);
    else if (from !== place()) cursor = from;
    readsFrom = end().number;
    mark = environment.random();
    const mine = ports.connect(
      {
        ...listener,
        changed(next, cause) {
          if (connection === mine) change(next, cause);
        },
        message({ event, data, origin, lastEventId }) {
          read(lastEventId, [event, data, origin]);
          // In another tab it may have been taken whole: its id counts.
          return true;
        },
        moved: () => read(mine.lastEventId(), null),
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
    else answer(NOWHERE);
    wantsStart = false;
  }

  function disconnect(): void {
    tellSteps();
    const former = connection;
    connection = undefined;
    former?.stop('unmounted');
  }

  function read(id: string, message: Step['message']): void {
    const after = placeOf(end());
    if (untold === undefined) {
      untold = { after, steps: [] };
      queueMicrotask(tellSteps);
    }
    const step = { number: Math.floor(after.number) + 1 + mark, id, message };
    untold.steps.push(step);
    take(step);
  }

  function change(next: LifecycleState, cause?: ChangeCause): void {
    state = next;
    isDelivering = false;
    if (next.status === 'open' && !isSettled) losePatienceIn(REPLAY_MS);
    answer(NOWHERE, writeCause(cause));
    listener.changed(next, cause);
  }

  /** Tells the state, and where the tabs at a place go on. */
  function answer(at: Place, cause?: WireCause | null): void {
    const here = { after: placeOf(end()), steps: [] };
    const known = isSame(at, end()) ? here : cursor ? undefined : stepsAfter(at);
    // Without ids nothing can be replayed.
    const jumps = at.id === '' || failures > 1 || isOver(state.status);
    const isBehind = isSettled || (at.number < readsFrom && failures === 0);
    // Who has what this leader has waits with it.
    if (!known && !jumps && isBehind && at.id !== place().id) {
      lead(at);
      return;
    }
    const waits = !known && !jumps;
    const told = writeState(state, environment.now());
    tell({ type: 'steps', at, ...(known ?? here), waits, state: told, cause });
    offer();
  }

  /** A hidden tab lets a visible one lead. */
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
      // The timers of hidden tabs are late: those ask when they are visible.
      if (environment.isHidden()) cancelTimer();
      else setTimer(probe, SILENCE_MS);
      obey(message);
    }
  }

  function obey(told: Told): void {
    switch (told.type) {
      case 'steps':
        if (told.at && isSame(told.at, place())) {
          if (told.waits) wait(told.after);
          else if (cursor && isSame(told.after, cursor)) takeAll();
          else goOnAt(told.after);
        }
        follow(told);
        if (told.state) turn(readState(told.state, environment.now()), told.cause);
        return;
      case 'report':
        listener.report(readError(told.error), told.willRetry);
        return;
      case 'comment':
        listener.comment(told.comment);
        return;
      case 'offer': {
        const heardIn = term;
        environment.setTimer(() => {
          if (role === 'following' && term === heardIn && line.length > 0) steal();
        }, environment.random() * SPREAD_MS);
      }
    }
  }

  /** Shows what the leader's connection turned to. */
  function turn(next: LifecycleState, cause: WireCause | null | undefined): void {
    const isKnown = next.status === state.status && next.attempt === state.attempt;
    if (role === 'away' || (isKnown && cause === undefined)) return;
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
