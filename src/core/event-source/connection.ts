import type { Environment } from '../environment.ts';
import type { StreamError } from '../errors.ts';
import type { FramedItem, FramedMessage } from '../framing/framing.ts';
import { readMessages } from '../framing/read-messages.ts';
import { createSseFraming } from '../framing/sse.ts';
import {
  type ChangeCause,
  createLifecycle,
  type Lifecycle,
} from '../lifecycle/create-lifecycle.ts';
import type { LifecycleState } from '../lifecycle/transition.ts';
import { watchConnection } from '../lifecycle/watch-connection.ts';
import { isSentinel } from '../messages/receiver.ts';
import type { Attempt, Outcome } from '../request/attempt.ts';
import type { RequestDefaults } from '../request/build-request.ts';
import { discard, type ResponseWithBody } from '../request/check-response.ts';
import { exchange, type RequestSession } from '../request/exchange.ts';
import { isCrossOrigin } from '../request/request-url.ts';
import type { EndWhen, StreamOptions, UrlSource } from '../types.ts';
import { createHeaderTrial, encodeLastEventId, withQuery } from './last-event-id.ts';

/** How the last event id travels when a subscription resumes. */
export type ResumeMode = 'header' | { readonly query: string } | false;

/** The options that belong to the connection; the others belong to its listener. */
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
  /**
   * Takes a message. Returns whether it was delivered; `null` if only some of its values were, so that
   * its id must not count.
   */
  message(message: FramedMessage): boolean | null;
  /** Whether a message that the end of the body left unfinished says that this was all. */
  isEnd(message: FramedMessage): boolean;
  /** The last event id moved without a message. */
  moved(): void;
  comment(comment: string): void;
  /** An error after which the lifecycle goes on as it was. */
  report(error: StreamError, willRetry: boolean): void;
  /** Runs before `done`; an error that it throws takes its place. */
  complete(): void;
  /** Pending while the listener cannot take more; the connection then stops reading. */
  ready(): Promise<void> | undefined;
}

/** A lifecycle of event-stream requests, with the last event id that resumes them. */
export interface Connection
  extends Pick<Lifecycle, 'state' | 'start' | 'stop' | 'fail' | 'end' | 'reset' | 'mayRepeat'> {
  lastEventId(): string;
}

/** Makes a connection, private or shared. It has no effect until it is started. */
export type Connect = (
  environment: Environment,
  url: UrlSource | null,
  options: () => TransportOptions,
  listener: ConnectionListener,
  initialLastEventId?: string,
) => Connection;

const MIME_TYPE = 'text/event-stream';

/** Connects, reads, frames and resumes. What messages mean is the listener's business. */
export const createConnection: Connect = (
  environment,
  source,
  options,
  listener,
  initialLastEventId = '',
) => {
  let lastEventId = initialLastEventId;
  let serverRetryMs: number | null = null;
  const trial = createHeaderTrial();
  /** The id that was last reported as impossible to send. */
  let unsendableId: string | undefined;

  const lifecycle = createLifecycle({
    environment,
    options,
    watch: watchConnection,
    serverRetryMs: () => serverRetryMs,
    begin: trial.renew,
    run,
    complete: listener.complete,
    changed: listener.changed,
  });

  async function run(attempt: Attempt, session: RequestSession): Promise<Outcome> {
    const given = options();
    const credentials = given.credentials ?? (given.withCredentials ? 'include' : undefined);
    const answer = await exchange(environment, attempt, {
      source,
      options: { ...given, credentials },
      session,
      defaults: (url, target) => ({
        accept: MIME_TYPE,
        isLive: true,
        ...planResume(attempt, url, target, given.resume),
      }),
      refusal,
      answered: trial.answered,
      connectFailed: (error) => (trial.connectFailed() ? resumeBlocked(attempt, error) : error),
      report: (error) => listener.report(error, true),
    });
    if (typeof answer === 'string') return answer;
    // A redirect may have left the origin.
    const isForeign = isCrossOrigin(new URL(answer.url, attempt.url), environment);
    // A probe only had to open.
    const opened = attempt.owns() && trial.opened(isForeign);
    if (opened && attempt.accept(answer)) return read(attempt, answer);
    void discard(answer);
    return opened ? 'close' : 'again';
  }

  /** How the next request carries the last event id. */
  function planResume(
    attempt: Attempt,
    url: string,
    target: URL,
    mode: ResumeMode = 'header',
  ): Pick<RequestDefaults, 'url' | 'headers'> {
    const isAsked = lastEventId !== '' && mode !== false;
    const encoded = isAsked ? encodeLastEventId(lastEventId) : null;
    if (isAsked && encoded === null && unsendableId !== lastEventId) {
      unsendableId = lastEventId;
      listener.report(attempt.fail('resume-blocked', 'The last event id cannot be sent.'), false);
    }
    const isHeader = mode === 'header' && encoded !== null;
    const carries = trial.begin(isHeader, isHeader && isCrossOrigin(target, environment));
    if (carries && encoded !== null) return { headers: { 'Last-Event-ID': encoded } };
    if (mode === false || mode === 'header' || encoded === null) return {};
    return { url: withQuery(url, mode.query, lastEventId) };
  }

  async function read(attempt: Attempt, response: ResponseWithBody): Promise<Outcome> {
    const { idleTimeoutMs, messageTimeoutMs, maxMessageLength } = options();
    const end = await readMessages(environment, attempt, response, {
      framing: createSseFraming({
        maxMessageLength,
        lastEventId,
        // A response that a mock made may have no URL, or a relative one; then that of the request counts.
        origin: new URL(response.url, attempt.url).origin,
      }),
      idleTimeoutMs,
      messageTimeoutMs,
      isEventStream: true,
      chunk: listener.chunk,
      take: takerOf(attempt),
      ready: listener.ready,
    });
    if (end === null) return 'close';
    return end.unfinished && listener.isEnd(end.unfinished) ? 'sentinel' : end.endedBy;
  }

  /** Takes the items of an attempt: a function of its own for each, since a stream has many items. */
  function takerOf(attempt: Attempt): (item: FramedItem) => void {
    return (item) => {
      switch (item.kind) {
        case undefined: {
          // WHATWG HTML 9.2.6: the id of a block persists, and moves before its event is dispatched.
          const before = lastEventId;
          moveTo(item.lastEventId);
          if (isSentinel(options().endWhen, item)) attempt.settle('sentinel');
          else if (listener.message(item) === null) {
            lastEventId = before;
            listener.moved();
          }
          return;
        }
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
          throw attempt.fail(item.code, item.message);
      }
    };
  }

  function moveTo(id: string): void {
    if (id === lastEventId) return;
    lastEventId = id;
    lifecycle.progressed();
  }

  // Not a spread, which makes an object of a shape of its own: for every new connection the engine
  // would compile the path of its messages anew.
  return Object.assign(lifecycle, { lastEventId: () => lastEventId });
};

function refusal(essence: string): string | null {
  if (essence === MIME_TYPE) return null;
  return `The server sent ${essence || 'no content type'} instead of ${MIME_TYPE}.`;
}

function resumeBlocked(attempt: Attempt, cause: StreamError): StreamError {
  const text = 'The server refuses the header Last-Event-ID.';
  return attempt.fail('resume-blocked', text, { cause });
}
