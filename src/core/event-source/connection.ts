import type { Environment } from '../environment.ts';
import type { StreamError } from '../errors.ts';
import {
  DEFAULT_MAX_MESSAGE_LENGTH,
  type FramedItem,
  type FramedMessage,
} from '../framing/framing.ts';
import { createSseFraming } from '../framing/sse.ts';
import type { Attempt, Outcome } from '../lifecycle/attempt.ts';
import { createLifecycle } from '../lifecycle/create-lifecycle.ts';
import { exchange, LOST, newSession } from '../lifecycle/exchange.ts';
import { readFramed } from '../lifecycle/read-framed.ts';
import { mayRepeat } from '../lifecycle/retry-policy.ts';
import type { LifecycleState } from '../lifecycle/transition.ts';
import type { ChangeCause, Lifecycle } from '../lifecycle/types.ts';
import { isSentinel } from '../messages/sentinel.ts';
import { methodOf } from '../request/build-request.ts';
import type { ResponseWithBody } from '../request/check-response.ts';
import { isCrossOrigin, resolveUrl } from '../request/resolve-url.ts';
import type { EndWhen, StreamOptions } from '../types.ts';
import { createHeaderTrial, encodeLastEventId, withQuery } from './last-event-id.ts';
import type { ResumeMode } from './types.ts';

/** The options that belong to the connection; the others belong to who listens to it. */
export interface TransportOptions extends StreamOptions {
  readonly endWhen?: EndWhen<never> | undefined;
  readonly maxMessageLength?: number | undefined;
  readonly messageTimeoutMs?: number | undefined;
  readonly pauseWhenHidden?: boolean | undefined;
  readonly resume?: ResumeMode | undefined;
  readonly withCredentials?: boolean | undefined;
}

/** Who listens to a connection. Everything is called at once and in order. */
export interface ConnectionListener {
  changed(state: LifecycleState, cause?: ChangeCause): void;
  chunk(bytes: Uint8Array, loaded: number): void;
  message(message: FramedMessage, lastEventId: string, origin: string): void;
  /** The last event id moved without a message. */
  moved(): void;
  comment(comment: string): void;
  /** An error after which the lifecycle goes on as it was. */
  report(error: StreamError, willRetry: boolean): void;
  /** Pending while the listener cannot take more; the connection then stops reading. */
  ready(): Promise<void> | undefined;
}

/** A lifecycle of event-stream requests, with the last event id that resumes them. */
export interface Connection extends Pick<Lifecycle, 'state' | 'stop' | 'fail' | 'end' | 'reset'> {
  /** Starts; with the session kept, as the same request again. */
  start(keepsSession?: boolean): void;
  lastEventId(): string;
  /** Whether the request may be sent again without being asked to (decision 2). */
  mayRepeat(): boolean;
}

const MIME_TYPE = 'text/event-stream';

/** Connects, reads, frames and resumes. What messages mean is the listener's business. */
export function createConnection(
  environment: Environment,
  url: string,
  options: () => TransportOptions,
  listener: ConnectionListener,
  initialLastEventId = '',
): Connection {
  let lastEventId = initialLastEventId;
  let serverRetryMs: number | null = null;
  let session = newSession();
  const trial = createHeaderTrial();
  /** The id that was last reported as impossible to send. */
  let unsendableId: string | undefined;

  const mayRepeatNow = () => {
    return mayRepeat(methodOf(options()), options().retry, session.idempotencyKey !== null);
  };
  const canRetry = () => options().retry !== false && mayRepeatNow();

  const lifecycle = createLifecycle({
    environment,
    defaultMaxAttempts: Number.POSITIVE_INFINITY,
    options,
    method: () => methodOf(options()),
    canRetry,
    recovers: canRetry,
    pausesWhenHidden: () => options().pauseWhenHidden === true && mayRepeatNow(),
    serverRetryMs: () => serverRetryMs,
    begin: trial.renew,
    run,
    changed: listener.changed,
  });

  async function run(attempt: Attempt): Promise<Outcome> {
    const given = options();
    const target = resolveUrl(url, environment, attempt.fail);
    const resume = planResume(attempt, target, given.resume);
    const startedAt = environment.now();
    const answer = await exchange(attempt, {
      environment,
      url: resume.url,
      target,
      options: given.withCredentials ? { ...given, credentials: 'include' } : given,
      session,
      defaults: { accept: MIME_TYPE, headers: resume.headers, init: { cache: 'no-store' } },
      complaint,
      answered: trial.answered,
      connectFailed: (error) => (trial.connectFailed() ? resumeBlocked(attempt, error) : error),
      report: (error) => listener.report(error, true),
    });
    if (!('body' in answer)) return answer;
    const accepted = attempt.owns() && trial.opened();
    if (accepted) session.refreshed = false;
    if (accepted && attempt.accept(answer)) {
      return read(attempt, answer, environment.now() - startedAt);
    }
    void answer.body.cancel().catch(() => {});
    return accepted ? LOST : { type: 'again' };
  }

  /** How the next request carries the last event id (decision 5). */
  function planResume(
    attempt: Attempt,
    target: URL,
    mode: ResumeMode = 'header',
  ): { readonly url: string; readonly headers?: Record<string, string> } {
    if (lastEventId === '' || mode === false) {
      trial.begin(false, false);
      return { url };
    }
    const encoded = encodeLastEventId(lastEventId);
    if (encoded === null && unsendableId !== lastEventId) {
      unsendableId = lastEventId;
      listener.report(
        attempt.fail(
          'resume-blocked',
          'The last event id cannot be sent: it has control characters or is longer than 4 KiB. ' +
            'The stream goes on without it; send shorter ids in plain text.',
        ),
        false,
      );
    }
    if (mode !== 'header') {
      trial.begin(false, false);
      return { url: encoded === null ? url : withQuery(url, mode.query, lastEventId) };
    }
    const carries = trial.begin(encoded !== null, isCrossOrigin(target, environment));
    return carries && encoded !== null ? { url, headers: { 'Last-Event-ID': encoded } } : { url };
  }

  async function read(
    attempt: Attempt,
    response: ResponseWithBody,
    waitedMs: number,
  ): Promise<Outcome> {
    const { idleTimeoutMs, messageTimeoutMs, maxMessageLength } = options();
    // A response that a mock made may have no URL; then it is that of the request.
    const { origin } = new URL(response.url || (attempt.progress.url ?? url));
    const end = await readFramed({
      environment,
      attempt,
      response,
      framing: createSseFraming(maxMessageLength ?? DEFAULT_MAX_MESSAGE_LENGTH, attempt.fail),
      idleTimeoutMs,
      messageTimeoutMs,
      waitedMs,
      chunk: listener.chunk,
      take: (item) => take(attempt, item, origin),
      ready: listener.ready,
    });
    if (end === null) return LOST;
    const { unfinished } = end;
    const ended = unfinished !== undefined && isSentinel(options().endWhen, unfinished);
    return { type: ended ? 'end' : 'closed' };
  }

  function take(attempt: Attempt, item: FramedItem, origin: string): void {
    switch (item.kind) {
      case undefined:
        // WHATWG HTML 9.2.6: the id of a block persists, and moves before its event is dispatched.
        if (item.id !== undefined) moveTo(item.id);
        if (isSentinel(options().endWhen, item)) attempt.settle({ type: 'end' });
        else listener.message(item, lastEventId, origin);
        return;
      case 'comment':
        listener.comment(item.comment);
        return;
      case 'id':
        moveTo(item.id);
        listener.moved();
        return;
      case 'retry':
        serverRetryMs = item.retryMs;
        return;
      default:
        throw item.error;
    }
  }

  function moveTo(id: string): void {
    if (id === lastEventId) return;
    lastEventId = id;
    lifecycle.progressed();
  }

  return {
    // Written out: a spread makes an object of a shape of its own, and for every new connection the
    // engine would compile the path of its messages anew.
    state: lifecycle.state,
    stop: lifecycle.stop,
    fail: lifecycle.fail,
    end: lifecycle.end,
    reset: lifecycle.reset,
    start(keepsSession = false) {
      if (!keepsSession) session = newSession();
      lifecycle.start();
    },
    lastEventId: () => lastEventId,
    mayRepeat: mayRepeatNow,
  };
}

function complaint(essence: string): string | null {
  if (essence === MIME_TYPE) return null;
  return (
    `Expected a body of type ${MIME_TYPE}, but the server sent ` +
    `${essence === '' ? 'no content type' : essence}. Check the URL and the server's Content-Type.`
  );
}

function resumeBlocked(attempt: Attempt, cause: StreamError): StreamError {
  return attempt.fail(
    'resume-blocked',
    'The server refuses the header `Last-Event-ID` in its preflight. Answer OPTIONS with ' +
      "`Access-Control-Allow-Headers: Last-Event-ID`, or use `resume: { query: 'last_event_id' }`. " +
      'Until then the stream goes on without the id, and messages may be lost.',
    { cause },
  );
}
