import type { Environment } from '../environment.ts';
import { isStreamError, type StreamError } from '../errors.ts';
import { createBytesFraming } from '../framing/bytes.ts';
import type { Attempt, Outcome } from '../lifecycle/attempt.ts';
import { createLifecycle } from '../lifecycle/create-lifecycle.ts';
import { exchange, LOST, newSession } from '../lifecycle/exchange.ts';
import { readFramed } from '../lifecycle/read-framed.ts';
import { mayRepeat } from '../lifecycle/retry-policy.ts';
import type { LifecycleState } from '../lifecycle/transition.ts';
import type { ChangeCause, Lifecycle } from '../lifecycle/types.ts';
import { isIdentity } from '../reading/body-length.ts';
import { methodOf } from '../request/build-request.ts';
import type { ResponseWithBody } from '../request/check-response.ts';
import { isCrossOrigin, resolveUrl } from '../request/resolve-url.ts';
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
  /** The next request asks for all: the server does not let `If-Range` through its preflight. */
  let asksForAll = false;
  let wasUnsatisfiable = false;

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
    run,
    changed: listener.changed,
  });

  function keptNow(): Kept | null {
    if (received === 0 || validator === null || asksForAll) return null;
    return { received, validator, total: listener.total() };
  }

  async function run(attempt: Attempt): Promise<Outcome> {
    const target = resolveUrl(url(), environment, attempt.fail);
    const sink = await listener.sink(attempt);
    if (!attempt.owns()) return LOST;
    const kept = keptNow();
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
      return mend(attempt, sink, error, kept !== null && isCrossOrigin(target, environment));
    }
    if (!('body' in answer)) {
      return attempt.owns() && answer.type === 'end'
        ? finish(attempt, sink, new Headers())
        : answer;
    }
    if (!attempt.owns()) return letGo(answer);
    session.refreshed = false;
    return take(attempt, sink, answer, kept);
  }

  /** A failure that may still lead on: all is there already, or it must be asked for again. */
  async function mend(
    attempt: Attempt,
    sink: Sink,
    error: unknown,
    wasRefusable: boolean,
  ): Promise<Outcome> {
    if (!attempt.owns() || !isStreamError(error)) throw error;
    if (error.code === 'network') {
      // The browser reports a refused preflight like a server that is down: what is kept is thrown
      // away only when an answer is there.
      asksForAll = wasRefusable;
      if (wasRefusable) return { type: 'again' };
    }
    if (error.status !== 416 || error.headers === null) throw error;
    const range = parseContentRange(error.headers);
    if (range?.completeLength === received) return finish(attempt, sink, error.headers);
    if (received === 0 || wasUnsatisfiable) throw error;
    wasUnsatisfiable = true;
    validator = null;
    return { type: 'again' };
  }

  async function take(
    attempt: Attempt,
    sink: Sink,
    response: ResponseWithBody,
    kept: Kept | null,
  ): Promise<Outcome> {
    const { headers, status } = response;
    const verdict = judgeRange(status, headers, kept);
    if (verdict.type === 'refuse') {
      void letGo(response);
      const text = `The answer cannot continue the download: ${verdict.reason}.`;
      throw attempt.fail('range', text, { status, headers });
    }
    if (verdict.type === 'fresh') {
      if (received > 0) {
        await sink.restart();
        if (!attempt.owns()) return letGo(response);
        received = 0;
        listener.restarted();
      }
      const target = new URL(attempt.progress.url ?? url());
      const isResumable = options().resumable === true && isIdentity(headers);
      validator = isResumable ? validatorOf(headers, isCrossOrigin(target, environment)) : null;
    }
    asksForAll = false;
    listener.begun(response, received, parseContentRange(headers)?.completeLength ?? null);
    if (!attempt.accept(response)) return letGo(response);
    return read(attempt, sink, response);
  }

  async function read(attempt: Attempt, sink: Sink, response: ResponseWithBody): Promise<Outcome> {
    let writing: Promise<void> | undefined;
    const end = await readFramed({
      environment,
      attempt,
      response,
      framing: createBytesFraming(Number.POSITIVE_INFINITY, attempt.fail),
      idleTimeoutMs: options().idleTimeoutMs,
      messageTimeoutMs: undefined,
      waitedMs: undefined,
      chunk: (bytes) => listener.chunk(bytes, received + bytes.length),
      take(item) {
        if (item.kind !== undefined) return;
        writing = sink.write(item.data);
        received += item.data.length;
        // What can be continued has not been in vain: the count of failures starts again.
        if (validator !== null) lifecycle.progressed();
      },
      ready: () => writing,
    });
    if (end === null) return LOST;
    const total = listener.total();
    if (total !== null && received < total) {
      throw attempt.fail('truncated', `The body ended after ${received} of ${total} bytes.`);
    }
    for (const deadline of attempt.deadlines) deadline.stop();
    return finish(attempt, sink, response.headers);
  }

  async function finish(attempt: Attempt, sink: Sink, headers: Headers): Promise<Outcome> {
    const result = await sink.finish(headers);
    if (attempt.owns()) listener.finished(result);
    return { type: 'end' };
  }

  function rangeHeaders(kept: Kept | null): Record<string, string> {
    if (kept === null) return { Range: 'bytes=0-' };
    return { Range: `bytes=${kept.received}-`, 'If-Range': kept.validator };
  }

  return {
    ...lifecycle,
    start() {
      session = newSession();
      received = 0;
      validator = null;
      asksForAll = wasUnsatisfiable = false;
      lifecycle.start();
    },
  };
}

function letGo(response: ResponseWithBody): Outcome {
  void response.body.cancel().catch(() => {});
  return LOST;
}
