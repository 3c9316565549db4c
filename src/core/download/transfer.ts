import type { Environment } from '../environment.ts';
import { isStreamError, type StreamError, type StreamErrorDetails } from '../errors.ts';
import { createBytesFraming } from '../framing/bytes.ts';
import type { Attempt, Outcome } from '../lifecycle/attempt.ts';
import { createLifecycle } from '../lifecycle/create-lifecycle.ts';
import { exchange, LOST, newSession } from '../lifecycle/exchange.ts';
import { readFramed } from '../lifecycle/read-framed.ts';
import { mayRepeat } from '../lifecycle/retry-policy.ts';
import type { LifecycleState } from '../lifecycle/transition.ts';
import type { ChangeCause, Lifecycle } from '../lifecycle/types.ts';
import { declaredLength, isIdentity } from '../reading/body-length.ts';
import { methodOf } from '../request/build-request.ts';
import type { ResponseWithBody } from '../request/check-response.ts';
import { isCrossOrigin, resolveUrl } from '../request/resolve-url.ts';
import { validateOptions } from '../request/validate-options.ts';
import type { StreamOptions } from '../types.ts';
import { judgeRange, type Kept, parseContentRange, validatorOf } from './range.ts';
import type { Sink } from './sinks.ts';

/** The options that shape the transfer. */
export interface TransferOptions extends StreamOptions {
  readonly resumable?: boolean | undefined;
}

/** Who listens to a transfer. Everything is called at once and in order. */
export interface TransferListener {
  changed(state: LifecycleState, cause?: ChangeCause): void;
  report(error: StreamError, willRetry: boolean): void;
  /** The sink of the present start; may wait for a picker. */
  sink(attempt: Attempt): Promise<Sink>;
  /** A body begins, at 0 or after what was kept. */
  begun(response: Response, from: number, completeLength: number | null): void;
  chunk(bytes: Uint8Array, loaded: number): void;
  /** What was loaded had to be thrown away. */
  restarted(): void;
  /** The sink has given its result. */
  finished(result: unknown): void;
  /** The complete length, where `Content-Range` named it. */
  total(): number | null;
}

const DEFAULT_MAX_ATTEMPTS = 4;

/** Requests a file, whole or the rest of it, until its sink has all of it (decision 20). */
export function createTransfer(
  environment: Environment,
  url: () => string,
  options: () => TransferOptions,
  listener: TransferListener,
): Lifecycle {
  let session = newSession();
  /** Bytes that the sink has. */
  let received = 0;
  /** What proves that the rest belongs to them; `null` if nothing does. */
  let validator: string | null = null;
  /** The headers of the answer that began at 0; a later part need not repeat them (RFC 9110 15.3.7). */
  let firstHeaders = new Headers();
  /** Whether that answer was of another origin, by its URL or by a redirect. */
  let isForeign = false;
  /** The next request asks for all: the server does not let `If-Range` through its preflight. */
  let asksForAll = false;
  let wasUnsatisfiable = false;
  /** The sink begins again at 0; a pause may come before it has. */
  let restarting: Promise<void> | null = null;
  /** The sink has all bytes; a pause may come before it is through with them. */
  let finishing: Promise<unknown> | null = null;

  const lifecycle = createLifecycle({
    environment,
    defaultMaxAttempts: DEFAULT_MAX_ATTEMPTS,
    options,
    method: () => methodOf(options()),
    canRetry() {
      const { retry } = options();
      if (retry === undefined || retry === false) return false;
      return mayRepeat(methodOf(options()), retry, session.idempotencyKey !== null);
    },
    recovers: () => false,
    pausesWhenHidden: () => false,
    serverRetryMs: () => null,
    begin() {
      session = newSession();
      received = 0;
      validator = restarting = finishing = null;
      firstHeaders = new Headers();
      isForeign = asksForAll = wasUnsatisfiable = false;
    },
    run,
    changed: listener.changed,
  });

  function keptNow(): Kept | null {
    if (received === 0 || validator === null || asksForAll) return null;
    return { received, validator, total: listener.total() };
  }

  async function run(attempt: Attempt): Promise<Outcome> {
    // A start may have changed them into what cannot be sent.
    validateOptions(options());
    const target = resolveUrl(url(), environment, attempt.fail);
    const sink = await listener.sink(attempt);
    await restarting;
    if (!attempt.owns()) return LOST;
    if (finishing !== null) return finish(attempt, sink);
    const kept = keptNow();
    const isRefusable = kept !== null && (isForeign || isCrossOrigin(target, environment));
    let answer: ResponseWithBody | Outcome;
    try {
      answer = await exchange(attempt, {
        environment,
        url: url(),
        target,
        options: options(),
        session,
        defaults: {
          accept: '*/*',
          headers: options().resumable ? rangeHeaders(kept) : undefined,
          init: kept === null ? undefined : { cache: 'no-store' },
        },
        complaint: () => null,
        report: (error) => listener.report(error, true),
      });
    } catch (error) {
      return mend(attempt, sink, error, isRefusable);
    }
    if ('body' in answer) return attempt.owns() ? take(attempt, sink, answer, kept) : letGo(answer);
    if (!attempt.owns() || answer.type !== 'end') return answer;
    if (received > 0) throw oddAnswer(attempt, 'it has no content');
    return finish(attempt, sink);
  }

  /** A failure that may still lead on: all is there already, or it must be asked for again. */
  function mend(
    attempt: Attempt,
    sink: Sink,
    error: unknown,
    isRefusable: boolean,
  ): Promise<Outcome> | Outcome {
    if (!attempt.owns() || !isStreamError(error)) throw error;
    if (error.code === 'network') {
      // The browser reports a refused preflight like a server that is down: what is kept is thrown
      // away only when an answer is there.
      asksForAll = isRefusable;
      if (!isRefusable) throw error;
    } else {
      if (error.status !== 416 || error.headers === null || !options().resumable) throw error;
      const range = parseContentRange(error.headers);
      // CORS may hide the length; but only a file without a byte has none from the first on.
      const isAll = range === null ? received === 0 : range?.completeLength === received;
      if (isAll) return finish(attempt, sink);
      if (received === 0 || wasUnsatisfiable) throw error;
      wasUnsatisfiable = true;
      validator = null;
    }
    listener.report(error, true);
    return { type: 'again' };
  }

  async function take(
    attempt: Attempt,
    sink: Sink,
    response: ResponseWithBody,
    kept: Kept | null,
  ): Promise<Outcome> {
    const { headers, status, type } = response;
    session.refreshed = false;
    const verdict = judgeRange(status, headers, kept);
    if (verdict.type === 'refuse') {
      void letGo(response);
      throw oddAnswer(attempt, verdict.reason, { status, headers });
    }
    if (verdict.type === 'fresh') {
      if (received > 0) await (restarting = restart(sink));
      if (!attempt.owns()) return letGo(response);
      firstHeaders = headers;
      isForeign =
        type === 'cors' || isCrossOrigin(new URL(attempt.progress.url ?? url()), environment);
      const isResumable = options().resumable === true && isIdentity(headers);
      validator = isResumable ? validatorOf(headers, isForeign) : null;
    }
    asksForAll = false;
    const range = status === 206 ? parseContentRange(headers) : null;
    listener.begun(response, received, range?.completeLength ?? null);
    if (!attempt.accept(response)) return letGo(response);
    return read(attempt, sink, response, range?.end ?? null);
  }

  async function restart(sink: Sink): Promise<void> {
    const of = session;
    await sink.restart();
    if (session !== of) return;
    received = 0;
    listener.restarted();
  }

  /** @param last The last byte that `Content-Range` names. */
  async function read(
    attempt: Attempt,
    sink: Sink,
    response: ResponseWithBody,
    last: number | null,
  ): Promise<Outcome> {
    const from = received;
    const end = last === null ? null : last + 1;
    const limit = end ?? declaredLength(response.headers) ?? Number.POSITIVE_INFINITY;
    let writing: Promise<void> | undefined;
    const rest = await readFramed({
      environment,
      attempt,
      response,
      framing: createBytesFraming(Number.POSITIVE_INFINITY, attempt.fail),
      idleTimeoutMs: options().idleTimeoutMs,
      messageTimeoutMs: undefined,
      waitedMs: undefined,
      chunk(bytes) {
        // Written before it is announced: a callback may pause, and what it heard of is kept.
        writing = sink.write(bytes);
        received += bytes.length;
        // The declared length was that of encoded bytes, which have no ranges of their own.
        if (received > limit) validator = null;
        // What can be continued has not been in vain: the count of failures starts again.
        if (validator !== null) lifecycle.progressed();
        listener.chunk(bytes, received);
      },
      take: () => {},
      ready: () => writing,
    });
    if (rest === null) return LOST;
    if (end !== null && received < end) {
      throw attempt.fail('truncated', `The body ended after ${received} of ${end} bytes.`);
    }
    if (end !== null && received > end && from > 0) {
      throw oddAnswer(attempt, 'it has more bytes than its Content-Range says');
    }
    for (const deadline of attempt.deadlines) deadline.stop();
    return finish(attempt, sink);
  }

  async function finish(attempt: Attempt, sink: Sink): Promise<Outcome> {
    finishing ??= sink.finish(firstHeaders);
    try {
      const result = await finishing;
      if (attempt.owns()) listener.finished(result);
      return { type: 'end' };
    } catch (error) {
      if (!attempt.owns()) return LOST;
      // A repeat cannot continue what could not be finished.
      finishing = null;
      received = 0;
      throw error;
    }
  }

  function rangeHeaders(kept: Kept | null): Record<string, string> {
    if (kept === null) return { Range: 'bytes=0-' };
    return { Range: `bytes=${kept.received}-`, 'If-Range': kept.validator };
  }

  return lifecycle;
}

function oddAnswer(attempt: Attempt, reason: string, details?: StreamErrorDetails): StreamError {
  return attempt.fail('range', `The answer cannot continue the download: ${reason}.`, details);
}

function letGo(response: ResponseWithBody): Outcome {
  void response.body.cancel().catch(() => {});
  return LOST;
}
