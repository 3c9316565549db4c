import type { Environment } from '../environment.ts';
import type { StreamError } from '../errors.ts';
import {
  acceptFor,
  chooseFraming,
  complaintAbout,
  type FramingName,
} from '../framing/choose-framing.ts';
import { createFraming } from '../framing/create-framing.ts';
import type { FramedItem, FramedMessage } from '../framing/framing.ts';
import type { Attempt, Outcome } from '../lifecycle/attempt.ts';
import { createLifecycle } from '../lifecycle/create-lifecycle.ts';
import { exchange, LOST, newSession } from '../lifecycle/exchange.ts';
import { readFramed } from '../lifecycle/read-framed.ts';
import { mayRepeat } from '../lifecycle/retry-policy.ts';
import type { LifecycleState } from '../lifecycle/transition.ts';
import type { ChangeCause, Lifecycle } from '../lifecycle/types.ts';
import { isSentinel } from '../messages/sentinel.ts';
import { methodOf } from '../request/build-request.ts';
import { mimeEssence, type ResponseWithBody } from '../request/check-response.ts';
import { resolveUrl } from '../request/resolve-url.ts';
import { validateOptions } from '../request/validate-options.ts';
import type { EndWhen, StreamOptions } from '../types.ts';

/** The options that shape request and framing; the others belong to who listens. */
export interface FetchTransportOptions extends StreamOptions {
  readonly framing?: FramingName | 'auto' | undefined;
  readonly endWhen?: EndWhen<never> | undefined;
  readonly maxMessageLength?: number | undefined;
  readonly messageTimeoutMs?: number | undefined;
}

/** A message before `parse`, as text or as bytes. */
type FetchItem = FramedMessage<string | Uint8Array>;

/** Who listens to the runs. Everything is called at once and in order. */
export interface RunListener {
  changed(state: LifecycleState, cause?: ChangeCause): void;
  /** The framing of the accepted response, before its first message. */
  framed(name: FramingName): void;
  chunk(bytes: Uint8Array, loaded: number): void;
  message(message: FetchItem, lastEventId: string, origin: string): void;
  report(error: StreamError, willRetry: boolean): void;
  ready(): Promise<void> | undefined;
}

const DEFAULT_MAX_ATTEMPTS = 4;

/** A lifecycle of requests that have an end: they are repeated only before their first byte. */
export function createRuns(
  environment: Environment,
  url: () => string,
  options: () => FetchTransportOptions,
  listener: RunListener,
): Lifecycle {
  let session = newSession();
  let hasReceived = false;

  const lifecycle = createLifecycle({
    environment,
    defaultMaxAttempts: DEFAULT_MAX_ATTEMPTS,
    options,
    method: () => methodOf(options()),
    canRetry() {
      const { retry } = options();
      if (retry === undefined || retry === false || hasReceived) return false;
      return mayRepeat(methodOf(options()), retry, session.idempotencyKey !== null);
    },
    recovers: () => false,
    pausesWhenHidden: () => false,
    serverRetryMs: () => null,
    begin() {
      session = newSession();
      hasReceived = false;
    },
    run,
    changed: listener.changed,
  });

  async function run(attempt: Attempt): Promise<Outcome> {
    // A start may have changed them into what cannot be sent.
    validateOptions(options());
    const { framing = 'auto' } = options();
    const startedAt = environment.now();
    const answer = await exchange(attempt, {
      environment,
      url: url(),
      target: resolveUrl(url(), environment, attempt.fail),
      options: options(),
      session,
      defaults: { accept: acceptFor(framing), init: { cache: 'no-store' } },
      complaint: (essence) => complaintAbout(framing, essence),
      report: (error) => listener.report(error, true),
    });
    if (!('body' in answer)) return answer;
    session.refreshed = false;
    if (attempt.accept(answer)) return read(attempt, answer, environment.now() - startedAt);
    void answer.body.cancel().catch(() => {});
    return LOST;
  }

  async function read(
    attempt: Attempt,
    response: ResponseWithBody,
    waitedMs: number,
  ): Promise<Outcome> {
    const { framing = 'auto', maxMessageLength, idleTimeoutMs, messageTimeoutMs } = options();
    const name = chooseFraming(framing, mimeEssence(response.headers));
    listener.framed(name);
    const { origin } = new URL(response.url || (attempt.progress.url ?? url()));
    let lastEventId = '';

    function take(item: FramedItem<string | Uint8Array>): void {
      if (item.kind === 'error') throw item.error;
      if (item.kind === 'id' || (item.kind === undefined && item.id !== undefined)) {
        lastEventId = item.id ?? lastEventId;
      }
      if (item.kind !== undefined) return;
      if (isSentinel(options().endWhen, item)) attempt.settle({ type: 'end' });
      else listener.message(item, lastEventId, origin);
    }

    const end = await readFramed({
      environment,
      attempt,
      response,
      framing: createFraming(name, {
        headers: response.headers,
        maxMessageLength,
        fail: attempt.fail,
      }),
      idleTimeoutMs,
      messageTimeoutMs,
      waitedMs: name === 'sse' ? waitedMs : undefined,
      chunk(bytes, loaded) {
        hasReceived = true;
        listener.chunk(bytes, loaded);
      },
      take,
      ready: listener.ready,
    });
    if (end === null) return LOST;
    const { endWhen } = options();
    if (end.unfinished && isSentinel(endWhen, end.unfinished)) return { type: 'end' };
    if (end.cutCharacter) throw attempt.fail('truncated', 'The body ended inside a character.');
    if (endWhen !== undefined) {
      const text = 'The body ended without the message that `endWhen` declares as its end.';
      throw attempt.fail('truncated', text);
    }
    return { type: 'end' };
  }

  return lifecycle;
}
