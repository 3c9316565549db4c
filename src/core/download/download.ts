import { declaredLength, isIdentity } from '../body/body-length.ts';
import { readBody } from '../body/read-body.ts';
import { createRuns, type GivenRequest, type Runs } from '../controller/create-runs.ts';
import { defaultEnvironment, isolate } from '../environment.ts';
import { isStreamError, messageOf, StreamError } from '../errors.ts';
import { isOver, lifecycleFields } from '../lifecycle/transition.ts';
import { type Attempt, createAttempt, type Outcome } from '../request/attempt.ts';
import { discard, type ResponseWithBody } from '../request/check-response.ts';
import { exchange, type RequestSession } from '../request/exchange.ts';
import { isCrossOrigin, urlText } from '../request/request-url.ts';
import type { EndedBy } from '../types.ts';
import { createDownloadState } from './download-state.ts';
import { namedSize } from './progress.ts';
import { judgeRange, type Kept, parseContentRange, type RangePart, validatorOf } from './range.ts';
import { saveFile } from './save-file.ts';
import { type Downloaded, openSink, type Sink, type SinkOptions } from './sinks.ts';
import type { DownloadActions, DownloadSnapshot, SinkTarget, TransferOptions } from './types.ts';

/** The options of any download; the public types say which belong together. */
export type AnyDownloadOptions = TransferOptions & SinkOptions;

/** A controller as a hook drives it. */
export type ManagedDownload = Omit<
  Runs<AnyDownloadOptions, DownloadSnapshot<unknown>>,
  keyof DownloadActions
> &
  DownloadActions<unknown>;

/** What a request asks for: the rest of the file, all of it as a range, or all without `Range`. */
type Asked = 'rest' | 'all' | 'plain';

/** How often a run begins anew by itself without getting further. */
const MAX_RESTARTS = 3;

/**
 * The controller of a download: requests a file, whole or the rest of it, until its sink has all of
 * it.
 *
 * One rule decides that: it is `done` only when nothing that the server said contradicts that all is
 * there. Every size that an answer named (the complete length of `Content-Range`, the header that
 * `sizeHeader` names, the length of an unencoded body) must have arrived.
 */
export function manageDownload(given: GivenRequest<AnyDownloadOptions>): ManagedDownload {
  type Snapshot = DownloadSnapshot<unknown>;
  const environment = given.options.environment ?? defaultEnvironment;
  /** The options in force; with the overrides of the start once there are runs. */
  let options = () => given.options;
  const state = createDownloadState(
    environment,
    () => options(),
    () => runs.invalidate(),
  );

  /** The sink of the present run; `null` if none is open, or it was given up. */
  let sink: Promise<Sink> | null = null;
  /** Bytes that the sink has. */
  let received = 0;
  /** The most bytes that it had in this run together with a validator. */
  let furthest = 0;
  /** What proves that the rest belongs to them; `null` if nothing does. */
  let validator: string | null = null;
  /** The largest size of the file that an answer named. */
  let told: number | null = null;
  /** A part of a file of unknown length (`bytes 0-9/*`) is there: only the server knows what follows. */
  let isOpenEnded = false;
  /** The headers of the answer that began at 0; a later part need not repeat them (RFC 9110 15.3.7). */
  let firstHeaders = new Headers();
  /** Whether that answer was of another origin, by its URL or by a redirect. */
  let isForeign = false;
  /** Whether the next request asks for the whole file, because the rest cannot be had. */
  let asksForAll = false;
  /**
   * Whether a request for the whole file has no `Range`, because an answer to a range request was of
   * no use.
   */
  let isPlain = false;
  /** Whether a request that got no answer was followed at once by one without `Range`. */
  let hasTriedPlainly = false;
  let restarts = 0;
  /** Pending while the sink starts over at 0; a pause may come before it has. */
  let restarting: Promise<void> | null = null;
  /** Pending while the sink, which has all bytes, finishes; a pause may come before it has. */
  let finishing: Promise<Downloaded> | null = null;
  let endedBy: EndedBy = 'close';
  let downloaded: Downloaded | null = null;

  function clear(): void {
    letGo(null);
    state.begin();
    received = furthest = restarts = 0;
    validator = told = restarting = finishing = downloaded = null;
    isOpenEnded = isForeign = asksForAll = isPlain = hasTriedPlainly = false;
    firstHeaders = new Headers();
  }

  /** Gives up the sink: the run will not be completed. */
  function letGo(reason: unknown): void {
    sink?.then(
      (opened) => opened.abort(reason),
      () => {},
    );
    sink = null;
  }

  const fail: Attempt['fail'] = (code, message, details) => {
    const { attempt } = runs.lifecycle.state();
    return new StreamError(code, message, { url: urlText(runs.url()), attempt, ...details });
  };

  function open(target?: SinkTarget): Promise<Sink> {
    sink = openSink(options(), state.expected, fail, target);
    // The run meets the failure when it asks for the sink.
    sink.catch(() => {});
    return sink;
  }

  /** The sink of this run, however long it takes to open; after a failure a repeat tries again. */
  async function openedSink(attempt: Attempt, target?: SinkTarget): Promise<Sink> {
    const asked = sink ?? open(target);
    try {
      return await asked;
    } catch (cause) {
      if (sink === asked) sink = null;
      if (isStreamError(cause)) throw cause;
      // A dialog that the user closed.
      const { name }: { name?: unknown } = Object(cause);
      if (name === 'AbortError' && attempt.owns()) runs.abort();
      const option = target === undefined ? 'saveTo' : 'openSink';
      throw fail('request-setup', `\`${option}\` failed: ${messageOf(cause)}.`, { cause });
    }
  }

  function keptNow(): Kept | null {
    if (received === 0 || validator === null || !options().resumable) return null;
    return { received, validator, size: told };
  }

  async function run(attempt: Attempt, session: RequestSession): Promise<Outcome> {
    // A run that goes on after a failure may have new credentials.
    if (attempt.number === 1) session.refreshed = false;
    if (options().openSink === undefined) await openedSink(attempt);
    await restarting;
    if (!attempt.owns()) return 'close';
    if (finishing !== null) return finish(attempt);
    let outcome = await request(attempt, session);
    while (outcome === 'part') outcome = await requestMore(attempt, session);
    return outcome;
  }

  /** The next request of an attempt: it has deadlines and a signal of its own. */
  async function requestMore(attempt: Attempt, session: RequestSession): Promise<Outcome | 'part'> {
    const more = createAttempt(
      environment,
      attempt.number,
      (_, response) => attempt.accept(response),
      (_, outcome) => attempt.settle(outcome),
      attempt.deadlines,
    );
    attempt.signal.addEventListener('abort', more.release);
    try {
      return await request(more, session);
    } finally {
      attempt.signal.removeEventListener('abort', more.release);
      more.release();
    }
  }

  /** One request and its answer. A server may cap ranges: `'part'` means that there is more to ask for. */
  async function request(attempt: Attempt, session: RequestSession): Promise<Outcome | 'part'> {
    const { accept, resumable } = options();
    const kept = asksForAll ? null : keptNow();
    const asked: Asked = kept !== null ? 'rest' : resumable && !isPlain ? 'all' : 'plain';
    const types = [accept ?? []].flat();
    let answer: ResponseWithBody | EndedBy | 'again';
    try {
      answer = await exchange(environment, attempt, {
        source: runs.url(),
        options: options(),
        session,
        defaults: () => ({
          accept: types.join(', ') || '*/*',
          headers: rangeHeaders(asked, kept),
          // The cache of Chromium completes what it has by range requests of its own.
          isLive: kept !== null || attempt.number > 1,
        }),
        refusal: (essence) => refusalOf(types, essence),
        report: (error) => runs.report(error, true),
      });
    } catch (error) {
      if (!attempt.owns() || !isStreamError(error)) throw error;
      return mend(attempt, error, asked);
    }
    if (typeof answer !== 'string') {
      if (attempt.owns()) return take(attempt, answer, asked, kept);
      void discard(answer);
      return 'close';
    }
    if (answer !== 'no-content' || !attempt.owns()) return answer;
    if (received > 0) throw misfit(attempt, 'it has no content');
    return finish(attempt, answer);
  }

  /** An error may still lead on: all is there already, or the file is asked for in another way. */
  function mend(attempt: Attempt, error: StreamError, asked: Asked): Promise<Outcome> | Outcome {
    if (error.code === 'network') {
      const isCross = isForeign || isCrossOrigin(new URL(attempt.url ?? ''), environment);
      // A browser reports a refused preflight like a server that is down: what is kept is thrown away
      // only when an answer is there.
      if (asked === 'rest' && isCross) {
        // Where a restart got no further, ranges are of no use.
        return askFor(restarts > 0 && mayAskPlainly() ? 'plain' : 'all', error);
      }
      // Chromium does not decode what comes encoded in answer to a range request. It may also have been
      // the network: then the next requests try either way by turns.
      if (asked === 'all' && received === 0 && mayAskPlainly()) {
        if (hasTriedPlainly) isPlain = true;
        else {
          hasTriedPlainly = true;
          runs.lifecycle.countFailure();
          return askFor('plain', error);
        }
      } else if (asked === 'plain' && received === 0) isPlain = false;
    } else if (error.status === 416 && error.headers !== null && asked !== 'plain') {
      const length = parseContentRange(error.headers)?.completeLength;
      // CORS may hide the length. Then all is there only if what came before left the length open.
      const isAll = length === undefined ? isOpenEnded : length === received;
      if (isAll && (told ?? 0) <= received) return finish(attempt, 'length');
      if (asked === 'rest') return askFor('all', error);
      if (received === 0 && mayAskPlainly()) return askFor('plain', error);
    }
    return giveUp(error);
  }

  function askFor(what: 'all' | 'plain', error: StreamError): 'again' {
    if (what === 'plain') isPlain = true;
    else if (restarts === MAX_RESTARTS || !runs.lifecycle.mayRepeat()) return giveUp(error);
    else restarts += 1;
    asksForAll = true;
    runs.report(error, true);
    return 'again';
  }

  function giveUp(error: StreamError): never {
    asksForAll = false;
    throw error;
  }

  const mayAskPlainly = () => !isPlain && runs.lifecycle.mayRepeat();

  /** Judges the headers of an answer, and reads it if it has bytes that are asked for. */
  async function take(
    attempt: Attempt,
    response: ResponseWithBody,
    asked: Asked,
    kept: Kept | null,
  ): Promise<Outcome | 'part'> {
    const { headers, status, type } = response;
    const verdict = judgeRange(status, headers, kept);
    const { resumable, sizeHeader } = options();
    const named = namedSize(headers, sizeHeader);
    const part = verdict.type === 'part' ? verdict : null;
    const isHidden = verdict.type === 'hidden';
    const isCross = type === 'cors' || isCrossOrigin(new URL(attempt.url ?? ''), environment);
    // Across origins CORS may hide a coding, but for an answer to a range request there is none.
    const isUncoded = isIdentity(headers) && (asked !== 'plain' || type !== 'cors');
    const ownValidator = resumable && isUncoded && !isHidden ? validatorOf(headers, isCross) : null;
    const isSlice = part !== null && part.end < (part.completeLength ?? Infinity);

    let reason = 'reason' in verdict ? verdict.reason : '';
    if (
      isHidden &&
      (kept !== null || named === null || named !== (declaredLength(headers) ?? named))
    ) {
      reason = 'its Content-Range cannot be read';
    } else if (isSlice && kept === null && (ownValidator === null || !runs.lifecycle.mayRepeat())) {
      reason = 'it is a part of the file, and nothing proves what belongs to it';
    }
    if (reason !== '') {
      void discard(response);
      const error = misfit(attempt, reason, response);
      if (asked === 'rest' && verdict.type === 'changed') return askFor('all', error);
      if (asked === 'all' && mayAskPlainly()) return askFor('plain', error);
      return giveUp(error);
    }

    if (kept === null || part === null) {
      if (received > 0) await (restarting = restart());
      if (!attempt.owns()) {
        void discard(response);
        return 'close';
      }
      firstHeaders = headers;
      isForeign = isCross;
      validator = ownValidator;
      told = null;
    }
    asksForAll = false;
    const length = status !== 206 && isUncoded ? declaredLength(headers) : null;
    const completeLength = part?.completeLength ?? null;
    for (const size of [completeLength, named, length]) {
      if (size !== null) told = Math.max(told ?? 0, size);
    }
    state.begun(response, response.url || (attempt.url ?? ''), received, completeLength);
    const opened = await openedSink(attempt, { fileName: state.fileName() ?? '', response });
    if (!attempt.accept(response)) {
      void discard(response);
      return 'close';
    }
    // An answer that hides its place cannot be continued, and may turn out to be a part.
    if (isHidden) isPlain = true;
    return read(attempt, response, opened, part);
  }

  async function restart(): Promise<void> {
    const of = sink;
    await (await of)?.restart();
    if (sink !== of) return;
    received = 0;
    state.restart();
    runs.invalidate();
  }

  async function read(
    attempt: Attempt,
    response: ResponseWithBody,
    opened: Sink,
    part: RangePart | null,
  ): Promise<Outcome | 'part'> {
    const from = received;
    const limit = part?.end ?? declaredLength(response.headers) ?? Infinity;
    let skip = part?.skip ?? 0;
    isOpenEnded = false;

    function takeChunk(chunk: Uint8Array): Promise<void> | undefined {
      const bytes = skip === 0 ? chunk : chunk.subarray(skip);
      skip -= chunk.length - bytes.length;
      if (bytes.length === 0) return undefined;
      // Written before it is announced: a callback may pause, and what it was told of must be kept.
      const writing = opened.write(bytes);
      received += bytes.length;
      // The declared length was that of encoded bytes, which have no ranges of their own.
      if (received > limit) validator = null;
      // Progress that can be continued resets the count of failures, but bytes that were there before
      // are no progress.
      if (validator !== null && received > furthest) {
        furthest = received;
        restarts = 0;
        runs.lifecycle.progressed();
      }
      state.received(received);
      runs.chunk(bytes, received);
      const { onProgress } = options();
      // If a callback ended or paused the run, its snapshot has been shown already.
      if (runs.lifecycle.state().status !== 'open') return writing;
      if (onProgress) isolate(environment, onProgress, state.progress(false));
      runs.receive();
      return writing;
    }

    const idle = attempt.limit(options().idleTimeoutMs, 'timeout-idle', 'byte');
    const by = await readBody(environment, attempt, response, idle, takeChunk);
    if (by === null) return 'close';
    for (const deadline of attempt.deadlines) deadline.stop();

    // Is it all? This is the one place that decides.
    if (part !== null) {
      if (received < part.end) throw tooShort(attempt, received, part.end);
      if (received > part.end) {
        const isWhole = from === 0 && part.end === part.completeLength;
        if (!isWhole)
          throw misfit(attempt, 'it has more bytes than its Content-Range says', response);
        // The server counted encoded bytes.
        told = null;
      }
    }
    isOpenEnded = part !== null && told === null && part.completeLength === null;
    if (!isOpenEnded && (told ?? 0) <= received) {
      return finish(attempt, told === received ? 'length' : 'close');
    }
    const isRest = part !== null && received < (part.completeLength ?? Infinity);
    if (isRest && received > from && validator !== null && runs.lifecycle.mayRepeat())
      return 'part';
    throw tooShort(attempt, received, told);
  }

  async function finish(attempt: Attempt, by: EndedBy = endedBy): Promise<Outcome> {
    endedBy = by;
    const { openSink: opens } = options();
    // Without a body there is nothing to open a sink for.
    const opened = opens !== undefined && sink === null ? null : openedSink(attempt);
    finishing ??= Promise.resolve(opened).then(
      (last) => last?.finish(firstHeaders) ?? { result: undefined },
    );
    try {
      const finished = await finishing;
      if (attempt.owns()) {
        state.finish(attempt.url ?? '');
        downloaded = finished;
      }
      return by;
    } catch (error) {
      if (!attempt.owns()) return 'close';
      // A repeat cannot continue what could not be finished.
      finishing = null;
      received = 0;
      throw error;
    }
  }

  const runs = createRuns<AnyDownloadOptions, Snapshot>(given, {
    environment,
    startsItself: false,
    begin() {},
    run,
    build(of) {
      const isDone = of.status === 'done';
      const snapshot = {
        ...lifecycleFields(of),
        ...state.progress(isDone),
        fileName: state.fileName(),
        result: isDone ? downloaded?.result : undefined,
        restarted: state.restarted(),
      };
      // `result` is there in `done` and nowhere else: the line above says so.
      return snapshot as Snapshot;
    },
    textLength: () => 0,
    turn({ status, error }) {
      state.follow(status === 'open');
      if (status === 'done') sink = null;
      // A failed run that can be continued keeps its sink.
      const isKept = status === 'failed' && keptNow() !== null && error?.code !== 'sink';
      if (isOver(status) && !isKept) letGo(error);
    },
    clear(isStart) {
      clear();
      const { openSink: opens, signal } = options();
      // No file dialog for a request that will not be sent.
      if (isStart && opens === undefined && !signal?.aborted) open();
    },
    keepsRunning: () => false,
    settle(isMounted) {
      if (isMounted) return;
      runs.lifecycle.stop('unmounted');
      letGo(null);
    },
  });
  options = runs.options;

  return {
    ...runs,
    pause: () => runs.lifecycle.pause('user'),
    abort() {
      runs.abort();
      // What a failure left open for `resume()` is no longer wanted.
      if (isOver(runs.lifecycle.state().status)) letGo(null);
    },
    resume() {
      if (runs.lifecycle.state().status === 'failed' && sink !== null) return runs.goOn();
      runs.lifecycle.unpause('user');
      return runs.running();
    },
    save(name) {
      const { status, fileName } = runs.getSnapshot();
      const file = downloaded?.file;
      if (status !== 'done' || file === undefined || runs.isGone()) return false;
      const type = firstHeaders.get('content-type') ?? '';
      const blob = file instanceof Blob ? file : new Blob([file], { type });
      // `save` itself may have been passed as the handler of a click.
      saveFile(environment, blob, (typeof name === 'string' ? name : fileName) ?? 'download');
      return true;
    },
  };
}

function rangeHeaders(asked: Asked, kept: Kept | null): Record<string, string> | undefined {
  if (kept !== null) return { Range: `bytes=${kept.received}-`, 'If-Range': kept.validator };
  return asked === 'all' ? { Range: 'bytes=0-' } : undefined;
}

/** What is wrong with a type where some are expected. */
function refusalOf(types: readonly string[], essence: string): string | null {
  // What servers send for a file of any type.
  const isAny = /^$|^(application|binary)\/(octet-stream|((x|force)-)?download)$/.test(essence);
  if (types.length === 0 || isAny) return null;
  const isExpected = types
    .join()
    .toLowerCase()
    .split(',')
    .some((entry) => {
      const type = entry.split(';', 1)[0]?.trim() ?? '';
      return type === '*/*' || type === essence || type === essence.replace(/\/.*/, '/*');
    });
  return isExpected ? null : `The server sent ${essence} where ${types.join(', ')} was expected.`;
}

function misfit(attempt: Attempt, reason: string, response?: Response): StreamError {
  const { status, headers } = response ?? {};
  const text = `The answer does not continue the download: ${reason}.`;
  return attempt.fail('range', text, { status, headers });
}

function tooShort({ fail }: Attempt, received: number, size: number | null): StreamError {
  const of = size === null ? 'bytes, and nothing says that this is all' : `of ${size} bytes`;
  return fail('truncated', `The body ended after ${received} ${of}.`);
}
