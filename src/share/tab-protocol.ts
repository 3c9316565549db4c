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
  type Ask,
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
  type Wish,
  writeCause,
  writeError,
  writeState,
} from './tab-messages.ts';

/*
 * One connection for all tabs.
 *
 * The tab that holds the lock leads: it has the connection, and tells the others. All tabs walk along
 * one line of steps. A step is known by term and number: each leader has a term higher than all
 * before it, and goes on counting from where it stands itself, so that whatever a former leader
 * still says is older than what everybody knows.
 *
 *     away --- start ---> following --- lock ---> gathering --- all answered, or 100 ms ---> leading
 *                             ^                       |                                        |
 *                             +------- lock lost -----+----------------------------------------+
 *
 * A tab that cannot join what it hears to its own place asks. The leader answers with the steps since
 * then, which it keeps for a while. Where it no longer has them, it goes back with its own
 * connection to the last event id of the tab that asked; then every other tab, itself included,
 * drops what is replayed until its own last id comes by.
 */

/** The channel of a tab. */
export interface TabChannel {
  post(message: TabMessage): void;
  close(): void;
}

/** What a tab needs from its browser. */
export interface TabPorts
  extends Pick<Environment, 'now' | 'random' | 'setTimer' | 'isHidden' | 'onPageSignal'> {
  /** The name of this tab, like no other's. */
  readonly name: string;
  openChannel(hear: (message: TabMessage) => void): TabChannel;
  /**
   * Asks for the lock: waits in line for it, or takes it from its holder. Calls back when it is held,
   * and when it was taken away. Returns how to give it up or to leave the line.
   */
  requestLock(steals: boolean, held: () => void, lost: () => void): () => void;
  /** How many other tabs wait in line for the lock. */
  countWaiting(): Promise<number>;
  /** Makes the connection of a leader. Making it has no effect. */
  connect(listener: ConnectionListener, lastEventId: string): Connection;
}

/** How long the holder of the lock waits for the other tabs to say where they stand. */
const GATHER_MS = 100;
/** After this much silence a visible tab asks whether anybody leads. */
const SILENCE_MS = 2000;
/** How soon a leader has to answer. */
const ANSWER_MS = 1000;
/** How long a leader waits for an id that it does not know before it goes back to it. */
const GO_BACK_MS = 250;
/** How long a replay may take to reach what a tab has, in seconds. */
const REPLAY_S = 5;
/** More steps than any stream has in 1 ms. */
const STEPS_PER_MS = 1000;
/** How much of the line a tab keeps for others: steps, and characters. */
const KEPT_STEPS = 500;
const KEPT_LENGTH = 1_000_000;

/** Where a tab goes on. */
type Answer = Steps & { readonly skips: boolean };

/** Nothing was heard since this tab asked. */
const UNHEARD = Number.NEGATIVE_INFINITY;

const isSame = (left: Place, right: Place) =>
  left.term === right.term && left.number === right.number;

const placeOf = ({ term, number, id }: Place): Place => ({ term, number, id });

const lengthOf = ({ message }: Step) => (message === null ? 0 : message[1].length);

/** Makes the connection of one tab, which leads or follows. */
export function createTabConnection(
  ports: TabPorts,
  listener: ConnectionListener,
  initialLastEventId = '',
): Connection {
  const { name, now, setTimer } = ports;
  let role: 'away' | 'following' | 'gathering' | 'leading' = 'away';
  let channel: TabChannel | null = null;
  let giveUpLock = () => {};
  let cancelTimer = () => {};
  let stopListening: (() => void) | null = null;
  /** The connection of a leader. */
  let connection: Connection | null = null;

  let state: LifecycleState = IDLE;
  let wish: Wish = null;
  /** The highest term this tab knows of. */
  let term = 0;
  /** The highest term that a leader heard of and does not trust. */
  let highest = 0;
  /** The term in which this tab asked for what it misses. */
  let askedIn = -1;
  /** How often this tab has joined the others: what was said to it before is void. */
  let visit = 0;
  let heardAt = UNHEARD;
  let yieldedAt = Number.NEGATIVE_INFINITY;

  /** Where this tab stands, `null` before it has joined. */
  let place: Place | null = null;
  /** The place before the first step that is kept. */
  let floor: Place = { term: 0, number: 0, id: initialLastEventId };
  let kept: Step[] = [];
  let keptLength = 0;
  /** The number from which this leader reads itself. */
  let readsFrom = 0;
  /** The id of what was delivered last: during a replay it is ahead of the place. */
  let lastEventId = initialLastEventId;
  /** The id that a replay has to reach before anything is delivered again. */
  let skipsTo: string | null = null;
  /** The number that this id had before the replay, which counts from an older place. */
  let goalNumber = 0;
  let held: Step[] = [];
  let cancelReplay = () => {};
  let cancelPostponed = () => {};
  let isDelivering = false;

  /** Steps that are not told yet: those of one chunk go out together. */
  let untold: Step[] = [];
  let untoldAfter = floor;

  /** The tabs that wait for an answer: of a new leader, or until a replay is over. */
  const answers = new Map<string, Ask>();
  let expected = Number.POSITIVE_INFINITY;

  function post(message: TabMessage): void {
    tellSteps();
    channel?.post(message);
  }

  const myName = () => `${name} ${visit}`;

  const tell = (told: Told) => post({ ...told, term });

  function tellSteps(): void {
    if (untold.length === 0) return;
    const steps = untold;
    untold = [];
    channel?.post({ type: 'steps', term, after: untoldAfter, steps });
  }

  // The line.

  /** Stands at a place, with nothing kept. */
  function standAt(next: Place): void {
    place = floor = next;
    kept = [];
    keptLength = 0;
  }

  function append(step: Step): void {
    place = placeOf(step);
    kept.push(step);
    keptLength += lengthOf(step);
    while (kept.length > KEPT_STEPS || keptLength > KEPT_LENGTH) {
      const [oldest] = kept.splice(0, 1);
      if (oldest === undefined) break;
      keptLength -= lengthOf(oldest);
      floor = placeOf(oldest);
    }
    if (skipsTo === null) deliver(step);
    else if (step.id === skipsTo) stopSkipping();
    else if (held.push(step) === 1) awaitReplay(REPLAY_S);
  }

  function deliver({ id, message }: Step): void {
    lastEventId = id;
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

  /** Drops what comes until it is news to this tab. */
  function startSkipping(): void {
    const goal = skipsTo ?? lastEventId;
    if (skipsTo === null) goalNumber = (place ?? floor).number;
    stopSkipping();
    if (goal !== '') skipsTo = goal;
  }

  /** A server without this tab's id in its memory replays nothing: then all of it was news. */
  function awaitReplay(seconds: number): void {
    // By the second: a tab that was stopped meanwhile has lost one of them, and not its patience.
    cancelReplay = setTimer(() => {
      if (seconds > 1) {
        awaitReplay(seconds - 1);
        return;
      }
      const steps = held;
      stopSkipping();
      for (const step of steps) if (stopListening !== null) deliver(step);
    }, 1000);
  }

  function stopSkipping(): void {
    if (skipsTo !== null) queueMicrotask(() => respondAll());
    cancelReplay();
    skipsTo = null;
    held = [];
  }

  /** Goes on with steps that join this tab's place; `false` if they do not. */
  function follow({ after, steps }: Steps): boolean {
    const at = place;
    if (at === null) return false;
    const index = isSame(after, at) ? 0 : 1 + steps.findIndex((step) => isSame(step, at));
    if (index === 0 && !isSame(after, at)) return false;
    for (const step of steps.slice(index)) if (role !== 'away') append(step);
    return true;
  }

  /** What came after the place of another tab, `null` where that is not known. */
  function stepsAfter(at: Place, has: string | null): Answer | null {
    const line = [floor, ...kept];
    const ids = line.map(({ id }) => id);
    // In the middle of a replay the tab goes on from what it has, if that has come by.
    const reached = has === null ? -1 : ids.lastIndexOf(has);
    const exact = line.findIndex((step) => isSame(step, at));
    const byId = at.id === '' ? -1 : ids.lastIndexOf(at.id);
    const index = [reached, exact, byId].find((found) => found >= 0) ?? -1;
    const after = line[index];
    if (after === undefined) return null;
    const skips = has !== null && reached < 0;
    return { after: placeOf(after), steps: kept.slice(index), skips };
  }

  // Following.

  function ask(ahead: Steps | null = null): void {
    post({
      type: 'ask',
      from: myName(),
      term,
      at: place,
      has: skipsTo,
      isVisible: !ports.isHidden(),
      wish,
      ahead,
    });
  }

  /** Once a term is enough: the answer to it makes up for all. */
  function askAgain(): void {
    if (askedIn === term) return;
    askedIn = term;
    ask();
  }

  /** Asks when nothing is heard for a while. Timers of hidden pages are late, so those never do. */
  function watch(delayMs = SILENCE_MS): void {
    cancelTimer();
    if (ports.isHidden()) return;
    cancelTimer = setTimer(() => {
      const silentMs = now() - heardAt;
      if (silentMs < SILENCE_MS) watch(SILENCE_MS - silentMs);
      else probe();
    }, delayMs);
  }

  /** Takes the lead if nobody answers. */
  function probe(): void {
    heardAt = UNHEARD;
    cancelTimer();
    ask();
    if (ports.isHidden()) return;
    // Not all at once: one is enough.
    cancelTimer = setTimer(
      () => {
        if (heardAt !== UNHEARD) watch();
        else if (!ports.isHidden()) steal();
      },
      ANSWER_MS + ports.random() * 200,
    );
  }

  function steal(): void {
    giveUpLock();
    requestLock(true);
  }

  function requestLock(steals: boolean): void {
    role = 'following';
    giveUpLock = ports.requestLock(steals, gather, onLost);
    probe();
  }

  /** Another tab took the lock: whatever this tab still reads is no longer its business. */
  function onLost(): void {
    disconnect();
    requestLock(false);
  }

  // Leading.

  function gather(): void {
    role = 'gathering';
    answers.clear();
    expected = Number.POSITIVE_INFINITY;
    cancelTimer();
    cancelTimer = setTimer(begin, GATHER_MS);
    post({ type: 'gather', at: place });
    const mine = cancelTimer;
    void ports.countWaiting().then((count) => {
      if (cancelTimer !== mine) return;
      expected = count;
      beginWhenComplete();
    });
  }

  function beginWhenComplete(): void {
    if (role === 'gathering' && answers.size >= expected) begin();
  }

  function begin(): void {
    expected = Number.POSITIVE_INFINITY;
    cancelTimer();
    const visible = [...answers.values()].find(({ isVisible }) => isVisible);
    if (ports.isHidden() && visible !== undefined) {
      offer(visible.from);
      cancelTimer = setTimer(lead, ANSWER_MS);
    } else {
      lead();
    }
  }

  function lead(): void {
    cancelTimer();
    role = 'leading';
    highest = 0;
    // A new line begins with a number above all of an older one, of which a tab may come back.
    if (place === null) standAt({ ...floor, number: Math.floor(now()) * STEPS_PER_MS });
    raiseTerm();
    connect();
    respondAll();
  }

  /** Connects from the present place. */
  function connect(): void {
    readsFrom = (place ?? floor).number;
    announce();
    const isCurrent = () => connection === mine;
    const mine: Connection = ports.connect(
      {
        changed(next, cause) {
          if (isCurrent()) change(next, cause);
        },
        chunk(...chunk) {
          if (isCurrent()) listener.chunk(...chunk);
        },
        message({ event, data, origin, lastEventId: id }) {
          if (isCurrent()) takeStep(id, [event, data, origin]);
          // In another tab it may have been taken whole: its id counts.
          return true;
        },
        isEnd: (message) => isCurrent() && listener.isEnd(message),
        complete() {
          if (isCurrent()) listener.complete();
        },
        moved() {
          if (isCurrent()) takeStep(mine.lastEventId(), null);
        },
        comment(comment) {
          if (!isCurrent()) return;
          tell({ type: 'comment', comment });
          listener.comment(comment);
        },
        report(error, willRetry) {
          if (!isCurrent()) return;
          tell({ type: 'report', error: writeError(error), willRetry });
          listener.report(error, willRetry);
        },
        ready: () => (isCurrent() ? listener.ready() : undefined),
      },
      (place ?? floor).id,
    );
    connection = mine;
    if (!isOver(state.status) || wish !== null) mine.start();
    wish = null;
  }

  function disconnect(): void {
    tellSteps();
    const former = connection;
    connection = null;
    former?.stop('unmounted');
  }

  /** A term above all that are known; the fraction keeps two that begin at once apart. */
  function raiseTerm(): void {
    term = Math.floor(term) + 1 + ports.random();
  }

  /** Tells all tabs the term, and the place from which it goes on. */
  function announce(): void {
    tell({ type: 'steps', after: place ?? floor, steps: [] });
  }

  /**
   * Somebody knows a higher term, and would not listen to this leader. It either has lost its lock,
   * and will hear of that at once, or has to begin a term that is higher still.
   */
  function doubt(other: number): void {
    const isDoubting = highest > term;
    highest = Math.max(highest, other);
    if (isDoubting) return;
    cancelTimer();
    cancelTimer = setTimer(() => {
      if (role !== 'leading') return;
      term = highest;
      raiseTerm();
      announce();
      change(state);
      respondAll();
    }, GATHER_MS);
  }

  function takeStep(id: string, message: Step['message']): void {
    const after = place ?? floor;
    if (untold.length === 0) {
      untoldAfter = after;
      queueMicrotask(tellSteps);
    }
    // Past its goal, a replay counts on from there: what is newer has the higher number.
    const number = Math.max(after.number + 1, id === skipsTo ? goalNumber : 0);
    const next = { term, number, id, message };
    untold.push(next);
    append(next);
  }

  function change(next: LifecycleState, cause?: ChangeCause): void {
    state = next;
    isDelivering = false;
    tell({
      type: 'state',
      state: writeState(next, now()),
      cause: writeCause(cause),
    });
    listener.changed(next, cause);
  }

  function offer(to: string): void {
    // Once is enough: two tabs that take the lead would take it from each other.
    if (now() - yieldedAt < ANSWER_MS) return;
    yieldedAt = now();
    tell({ type: 'yield', to });
  }

  function respond(asked: Ask, mayGoBack = false): void {
    const { from, at, has, isVisible, wish: wanted } = asked;
    if (wanted === 'now' || (wanted !== null && isOver(state.status))) connection?.start();
    const answer = answerTo(at, has, mayGoBack);
    if (answer === null) postpone(asked);
    else
      tell({
        type: 'sync',
        to: from,
        at,
        state: writeState(state, now()),
        ...answer,
      });
    if (isVisible && ports.isHidden()) offer(from);
  }

  function respondAll(mayGoBack = false): void {
    cancelPostponed();
    if (role !== 'leading') return;
    const asked = [...answers.values()];
    answers.clear();
    for (const each of asked) respond(each, mayGoBack);
  }

  /** Answers after the replay, or when what the tab has must have come by if it is news. */
  function postpone(asked: Ask): void {
    answers.set(asked.from, asked);
    cancelPostponed();
    if (skipsTo === null) cancelPostponed = setTimer(() => respondAll(true), GO_BACK_MS);
  }

  function answerTo(at: Place | null, has: string | null, mayGoBack: boolean): Answer | null {
    const here = { after: place ?? floor, steps: [], skips: false };
    const known = at === null ? here : stepsAfter(at, has);
    if (at === null || known !== null) return known ?? here;
    // Without an id nothing can be replayed.
    if (at.id === '' || isOver(state.status)) return here;
    // All that this leader has read is kept: the tab has what this one has not, or not yet.
    if (at.number >= readsFrom && floor.number <= readsFrom) return { ...here, skips: true };
    // It has missed more than is kept, or is ahead of this leader by an event that is on its way.
    if (skipsTo !== null || !mayGoBack) return null;
    disconnect();
    startSkipping();
    raiseTerm();
    standAt({ ...at, term });
    connect();
    return { after: floor, steps: [], skips: has !== null };
  }

  // What other tabs say.

  function hear(message: TabMessage): void {
    if (message.type === 'ask') {
      if (role === 'leading') {
        if (message.term > term) {
          answers.set(message.from, message);
          doubt(message.term);
        } else respond(message);
      } else if (role === 'gathering') {
        term = Math.max(term, message.term);
        answers.set(message.from, message);
        if (message.ahead !== null) {
          if (place === null) {
            standAt(message.ahead.after);
            lastEventId = floor.id;
          }
          follow(message.ahead);
        }
        beginWhenComplete();
      }
    } else if (message.type === 'gather') {
      heardAt = now();
      const { at } = message;
      const here = place && { after: place, steps: [] };
      ask(at === null ? here : stepsAfter(at, null));
    } else if (role === 'leading') {
      if (message.term > term) doubt(message.term);
    } else if (message.term >= term) {
      term = message.term;
      heardAt = now();
      // Who has not joined yet knows no place to which any of this belongs.
      if (place !== null || message.type === 'sync') obey(message);
      else if (message.type === 'steps') askAgain();
    }
  }

  function obey(told: Told): void {
    switch (told.type) {
      case 'steps':
        if (!follow(told)) askAgain();
        return;
      case 'sync':
        if (told.to === myName()) join(told);
        return;
      case 'state':
        turn(readState(told.state, now()), told.cause);
        return;
      case 'report':
        listener.report(readError(told.error), told.willRetry);
        return;
      case 'comment':
        listener.comment(told.comment);
        return;
      case 'yield':
        if (told.to === myName() && role === 'following' && !ports.isHidden()) steal();
    }
  }

  function join(sync: Extract<Told, { readonly type: 'sync' }>): void {
    const { at, after, skips } = sync;
    wish = null;
    // This tab may have asked twice, and be further on than when it asked first.
    const isMeant = at === null || place === null ? at === place : isSame(at, place);
    if (isMeant) {
      if (at === null) lastEventId = after.id;
      if (place === null || !isSame(place, after)) standAt(after);
      if (!skips) stopSkipping();
      else if (skipsTo === null) startSkipping();
    }
    follow(sync);
    const next = readState(sync.state, now());
    if (role === 'away' || (next.status === state.status && next.attempt === state.attempt)) return;
    turn(next);
  }

  /** Shows what the leader's connection turned to. */
  function turn(next: LifecycleState, cause: WireCause | null = null): void {
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
    if (channel !== null) return;
    askedIn = -1;
    visit += 1;
    channel = ports.openChannel(hear);
    requestLock(false);
  }

  /** Lets go of everything; the place is kept. */
  function exit(): void {
    disconnect();
    cancelTimer();
    cancelPostponed();
    giveUpLock();
    channel?.close();
    channel = null;
    role = 'away';
  }

  function leave(event: LifecycleEvent): void {
    const next = transition(state, event);
    isDelivering = false;
    stopListening?.();
    stopListening = null;
    stopSkipping();
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
    lastEventId: () => lastEventId,
    // Only such requests are shared: each change of the leader repeats them.
    mayRepeat: () => true,
    start(keepsSession) {
      if (role === 'leading') {
        connection?.start(keepsSession);
        return;
      }
      if (stopListening !== null) {
        wish = 'now';
        ask();
        return;
      }
      wish = 'if-over';
      stopListening = ports.onPageSignal(({ type }) => {
        // A page that cannot act must hold nothing that others wait for.
        if (type === 'pagehide' || type === 'freeze') exit();
        else if (type === 'pageshow' || type === 'resume') enter();
        else if (type === 'visible' && role === 'following') probe();
        else if (type === 'hidden' && role === 'following') cancelTimer();
        // Whoever is visible answers, and is offered the lead.
        else if (type === 'hidden' && role === 'leading') post({ type: 'gather', at: place });
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
