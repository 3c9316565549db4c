import type { Environment } from '../environment.ts';
import { isStreamError, messageOf, type StreamError } from '../errors.ts';
import { hintConnectionLimit, hintPreflight } from '../hints.ts';
import { createDeadline } from '../reading/deadlines.ts';
import {
  type BuiltRequest,
  buildRequest,
  isStreamBody,
  type RequestDefaults,
  sendsStreams,
} from '../request/build-request.ts';
import { checkResponse, type ResponseWithBody } from '../request/check-response.ts';
import { isCrossOrigin } from '../request/resolve-url.ts';
import { refreshOnce } from '../request/unauthorized.ts';
import type { StreamOptions } from '../types.ts';
import type { Attempt, Outcome } from './attempt.ts';

/** What the requests of one lifecycle have in common. */
export interface RequestSession {
  /** The `Idempotency-Key` of the first attempt, sent with every later one. */
  idempotencyKey: string | null;
  /** Whether credentials were refreshed since the last successful open. */
  refreshed: boolean;
}

/** Bodies that can be read only once, and were sent: by whatever lifecycle, they cannot be again. */
const usedBodies = new WeakSet<ReadableStream>();

/** A session in which nothing was sent yet. */
export function newSession(): RequestSession {
  return { idempotencyKey: null, refreshed: false };
}

/** What a controller adds to an exchange. */
export interface ExchangePlan {
  readonly environment: Environment;
  /** The URL as the caller gave it, and what it resolves to. */
  readonly url: string;
  readonly target: URL;
  readonly options: StreamOptions;
  readonly session: RequestSession;
  readonly defaults: RequestDefaults;
  /** What is wrong with a MIME essence; `null` for nothing. */
  readonly complaint: (essence: string) => string | null;
  /** The request was answered, with whatever status. */
  readonly answered?: () => void;
  /** The request was not answered; may replace the error. */
  readonly connectFailed?: (error: StreamError) => StreamError;
  /** An attempt failed and the next follows at once. */
  readonly report: (error: StreamError) => void;
}

/** For an attempt that lost its lifecycle any outcome does: it is ignored. */
export const LOST: Outcome = { type: 'end' };

/**
 * One request and the check of its response. Throws a {@link StreamError} for whatever goes wrong;
 * resolves with a response whose body can be read, or with how the attempt ends without one.
 */
export async function exchange(
  attempt: Attempt,
  plan: ExchangePlan,
): Promise<ResponseWithBody | Outcome> {
  const { environment, options, session } = plan;
  attempt.progress.url = plan.target.href;
  const request = await buildRequest(plan.url, options, plan.defaults, attempt.fail);
  if (!attempt.owns()) return LOST;
  keepIdempotencyKey(request, session);
  claimBody(request, attempt);

  const sentAt = environment.now();
  const response = await send(attempt, request, plan);
  if (response === null) return LOST;
  plan.answered?.();
  try {
    const { signal, fail } = attempt;
    const checked = await checkResponse(response, plan.complaint, environment, signal, fail);
    return checked || { type: 'end' };
  } catch (error) {
    if (!attempt.owns() || !isStreamError(error)) throw error;
    const refreshed = await tryRefresh(attempt, plan, error, sentAt);
    if (!refreshed) throw error;
    return { type: 'again' };
  }
}

function keepIdempotencyKey(request: BuiltRequest, session: RequestSession): void {
  const { headers } = request.init;
  if (session.idempotencyKey !== null) headers.set('idempotency-key', session.idempotencyKey);
  else session.idempotencyKey = headers.get('idempotency-key');
}

function claimBody(request: BuiltRequest, attempt: Attempt): void {
  const { body } = request.init;
  if (!isStreamBody(body)) return;
  if (!sendsStreams()) {
    throw attempt.fail(
      'invalid-option',
      'This browser cannot send a ReadableStream as `body`: give it as a Blob or a string.',
    );
  }
  if (usedBodies.has(body) || body.locked) {
    throw attempt.fail(
      'body-used',
      'The body is a ReadableStream that was sent before; a stream can be sent once. Give `body` ' +
        'as a function that makes a new one for every attempt.',
    );
  }
  usedBodies.add(body);
}

/** Sends the request under the connect deadline; `null` if the lifecycle went on without it. */
async function send(
  attempt: Attempt,
  request: BuiltRequest,
  plan: ExchangePlan,
): Promise<Response | null> {
  const { environment, options, target } = plan;
  const fetchLike = options.fetch ?? environment.fetch;
  if (fetchLike === undefined) {
    throw attempt.fail(
      'invalid-option',
      'This runtime has no fetch: pass a fetch-like function as the option `fetch`.',
    );
  }
  const { connectTimeoutMs } = options;
  const deadline = createDeadline(environment, connectTimeoutMs, () => {
    const error = attempt.fail(
      'timeout-connect',
      `No response headers within ${connectTimeoutMs} ms (\`connectTimeoutMs\`). Node sends them ` +
        'with the first write: call `res.flushHeaders()` at once.',
    );
    attempt.settle({ type: 'error', error });
  });
  attempt.deadlines.push(deadline);
  hintConnectionLimit(environment, target, attempt.signal);
  try {
    const response = await fetchLike(request.url, { ...request.init, signal: attempt.signal });
    if (attempt.owns()) return response;
    void response.body?.cancel().catch(() => {});
    return null;
  } catch (cause) {
    if (!attempt.owns()) return null;
    const { method, headers } = request.init;
    if (isCrossOrigin(target, environment)) {
      hintPreflight(environment, target.href, method, headers);
    }
    const message =
      `The request to ${target.href} failed before an answer: ${messageOf(cause)}. The server is ` +
      'unreachable, or it refuses the request by CORS.' +
      (isStreamBody(request.init.body) ? ' A browser sends a stream over HTTP/2 only.' : '');
    const error = attempt.fail('network', message, { cause });
    throw plan.connectFailed?.(error) ?? error;
  } finally {
    deadline.stop();
  }
}

/** After a 401: refreshes credentials where that is possible and was not just done. */
async function tryRefresh(
  attempt: Attempt,
  { environment, options, session, report }: ExchangePlan,
  error: StreamError,
  sentAt: number,
): Promise<boolean> {
  const { onUnauthorized, retry } = options;
  if (error.status !== 401 || onUnauthorized === undefined) return false;
  if (retry === false || session.refreshed) return false;
  session.refreshed = true;
  report(error);
  if (!attempt.owns()) return false;
  const call = async () => {
    try {
      await onUnauthorized(error);
    } catch (thrown) {
      environment.reportError(thrown);
    }
  };
  await refreshOnce(onUnauthorized, sentAt, call, environment.now);
  return true;
}
