import type { Environment } from '../environment.ts';
import { isStreamError, messageOf, type StreamError } from '../errors.ts';
import { hintConnectionLimit, hintHtml, hintPreflight, hintStreamBody } from '../hints.ts';
import type { EndedBy, StreamOptions, UrlSource } from '../types.ts';
import type { Attempt } from './attempt.ts';
import {
  type BuiltRequest,
  buildRequest,
  claimBody,
  type RequestDefaults,
} from './build-request.ts';
import { checkResponse, discard, type ResponseWithBody } from './check-response.ts';
import type { Deadline } from './deadline.ts';
import { refreshOnce } from './refresh-once.ts';
import { evaluateUrl, isCrossOrigin, resolveUrl, urlText } from './request-url.ts';

/** What the requests of one lifecycle have in common. */
export interface RequestSession {
  /** The `Idempotency-Key` of the first attempt, sent with every later one. */
  idempotencyKey: string | null;
  /** Whether credentials were refreshed since the last successful open. */
  refreshed: boolean;
  /** What relative URLs were first resolved against: a page may change its address. */
  base: string | undefined;
}

/** A session in which nothing was sent yet. */
export function newSession(base?: string): RequestSession {
  return { idempotencyKey: null, refreshed: false, base };
}

/** What a controller adds to an exchange. */
export interface ExchangePlan {
  readonly source: UrlSource | null;
  readonly options: StreamOptions;
  readonly session: RequestSession;
  /** What is added for a URL, as the caller gave it and as it resolves. */
  readonly defaults: (url: string, target: URL) => RequestDefaults;
  /** What is wrong with a MIME essence, in a sentence; `null` for nothing. */
  readonly refusal: (essence: string) => string | null;
  /** The request was answered, with whatever status. */
  readonly answered?: () => void;
  /** The request was not answered; may replace the error. */
  readonly connectFailed?: (error: StreamError) => StreamError;
  /** An attempt failed and the next follows at once. */
  readonly report: (error: StreamError) => void;
}

/**
 * One request, from its URL to the check of its response. Throws a {@link StreamError} for whatever
 * goes wrong; resolves with a response whose body can be read, or with how the attempt ends without
 * one.
 */
export async function exchange(
  environment: Environment,
  attempt: Attempt,
  plan: ExchangePlan,
): Promise<ResponseWithBody | EndedBy | 'again'> {
  const { options, session } = plan;
  const connecting = attempt.limit(options.connectTimeoutMs, 'timeout-connect', 'response headers');
  const given = await evaluateUrl(attempt, plan.source);
  if (!attempt.owns()) return 'close';
  const base = environment.baseUrl();
  session.base ??= base;
  const target = resolveUrl(given, session.base, attempt);
  attempt.url = target.href;
  const text = session.base === base ? (urlText(given) ?? '') : target.href;
  const defaults = plan.defaults(text, target);
  const request = await buildRequest(attempt, options, defaults);
  if (request === null || !attempt.owns()) return 'close';
  const { headers } = request;
  if (session.idempotencyKey !== null) headers.set('idempotency-key', session.idempotencyKey);
  else session.idempotencyKey = headers.get('idempotency-key');
  claimBody(request, attempt);

  const sentAt = environment.now();
  const response = await send(environment, attempt, request, defaults.url ?? text, target, plan);
  if (response === null) return 'close';
  // It must not expire while the body of an error is read.
  connecting.suspend();
  plan.answered?.();
  try {
    return (await checkResponse(attempt, response, plan.refusal, environment)) ?? 'no-content';
  } catch (error) {
    if (!attempt.owns() || !isStreamError(error)) throw error;
    hintHtml(environment, target, error);
    if (!(await tryRefresh(environment, attempt, plan, connecting, error, sentAt))) throw error;
    return 'again';
  } finally {
    connecting.stop();
  }
}

/** Sends the request; `null` if the lifecycle went on without it. */
async function send(
  environment: Environment,
  attempt: Attempt,
  request: BuiltRequest,
  url: string,
  target: URL,
  { options, connectFailed }: ExchangePlan,
): Promise<Response | null> {
  const fetchLike = options.fetch ?? environment.fetch;
  if (fetchLike === undefined) {
    throw attempt.fail('invalid-option', 'This runtime has no `fetch`.');
  }
  hintConnectionLimit(environment, target, attempt.signal);
  let isBlocked = false;
  const stopListening = environment.onPolicyViolation((blocked) => {
    // Engines report the URL without its fragment, or only its origin.
    isBlocked ||= blocked === target.origin || blocked === target.href.split('#')[0];
  });
  attempt.signal.addEventListener('abort', stopListening);
  try {
    const response = await fetchLike(url, { ...request, signal: attempt.signal });
    // The caller's own function may return anything.
    if (typeof Object(response).status !== 'number') {
      throw new Error('the fetch function returned no response');
    }
    if (attempt.owns()) return response;
    void discard(response);
    return null;
  } catch (cause) {
    // If the page's own policy blocked the request, the event that says so comes in a later task.
    if (attempt.owns()) await environment.yieldToHost();
    if (!attempt.owns()) return null;
    if (isBlocked) {
      throw attempt.fail('blocked', "The page's Content-Security-Policy forbids the request.", {
        cause,
      });
    }
    if (isCrossOrigin(target, environment)) hintPreflight(environment, target, request);
    hintStreamBody(environment, target, request);
    const error = attempt.fail('network', `The request failed: ${messageOf(cause)}.`, { cause });
    throw connectFailed?.(error) ?? error;
  } finally {
    stopListening();
  }
}

/** After a 401: refreshes credentials where that is possible and was not just done. */
async function tryRefresh(
  environment: Environment,
  attempt: Attempt,
  { options, session, report }: ExchangePlan,
  connecting: Deadline,
  error: StreamError,
  sentAt: number,
): Promise<boolean> {
  const { onUnauthorized, retry } = options;
  if (error.status !== 401 || onUnauthorized === undefined) return false;
  if (retry === false || session.refreshed) return false;
  session.refreshed = true;
  report(error);
  if (!attempt.owns()) return false;
  connecting.resume();
  const refresh = async () => {
    try {
      await onUnauthorized(error);
    } catch (thrown) {
      environment.reportError(thrown);
    }
  };
  await refreshOnce(onUnauthorized, sentAt, refresh, environment.now);
  return true;
}
