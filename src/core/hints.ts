import type { Environment } from './environment.ts';
import type { StreamError, StreamErrorCode } from './errors.ts';

/*
 * Hints about likely mistakes, shown in development only. All of their texts live here. For
 * production, bundlers drop the bodies, and the calls as well because no parameter is destructured;
 * where there is no `process`, nothing is shown.
 */

declare const process: { readonly env: { readonly NODE_ENV?: string } };

/**
 * What to do about each code. The message of the error does not say it: an application may show that
 * to its users.
 */
const advice = (): Partial<Record<StreamErrorCode, string>> => ({
  'no-body':
    'A HEAD request has no body, and neither does the response of a fetch function that does not stream.',
  'message-too-large': 'Raise `maxMessageLength` if the server is trusted to send that much.',
  'timeout-connect':
    'Let the server send a first byte at once, such as `: ok` and a blank line: Node sends no headers ' +
    'before it, and Firefox shows none.',
  'timeout-idle':
    'Let the server send something now and then, such as a comment line (`:`) of an event stream.',
  'timeout-message': 'Comments do not count as messages.',
  'resume-blocked':
    'Answer OPTIONS with `Access-Control-Allow-Headers: Last-Event-ID`, or use ' +
    "`resume: { query: 'last_event_id' }` with ids of plain text up to 4 KiB. Until then the stream " +
    'goes on without the id, and messages may be lost.',
  'body-used': 'Give `body` as a function that makes a new stream for every attempt.',
  blocked: 'Add the origin to the `connect-src` of the policy.',
  'invalid-url':
    'Outside a browser only absolute URLs can be requested; credentials belong in `headers`.',
  'async-schema':
    'Messages are delivered in order and at once, so a schema must be synchronous, and none of its ' +
    'steps may throw. Validate in `onMessage` instead.',
  range: 'Across origins let the server send `Access-Control-Expose-Headers: Content-Range, ETag`.',
  sink:
    'A download that starts over needs a sink that can be truncated: use a file handle, or a server ' +
    'that answers Range requests with a strong ETag. Large files do not fit into a Blob.',
});

/** The codes that were explained already: once is enough. */
const advised = new WeakMap<Environment, Set<StreamErrorCode>>();

/** The cause and cure of a failure, once for each code. */
export function advise(environment: Environment, error: StreamError): void {
  try {
    if (process.env.NODE_ENV !== 'production') {
      const { code, url, message } = error;
      const text = advice()[code];
      const known = advised.get(environment) ?? new Set();
      advised.set(environment, known);
      if (text === undefined || known.has(code)) return;
      known.add(code);
      environment.warn(`rivulet: ${url ?? 'a stream'} failed with \`${code}\`: ${message} ${text}`);
    }
  } catch {}
}

/** HTML where a stream was expected. */
export function hintHtml(environment: Environment, url: URL, error: StreamError): void {
  try {
    if (
      process.env.NODE_ENV !== 'production' &&
      error.code === 'content-type' &&
      error.headers?.get('content-type')?.includes('html')
    ) {
      environment.warn(
        `rivulet: ${url} answered with an HTML page. Usually that is a login page after a redirect, ` +
          'or the fallback page of a development server that does not proxy this path.',
      );
    }
  } catch {}
}

/** Bytes of an event stream without one message. */
export function hintNoMessages(environment: Environment, url: string, excerpt: string): void {
  try {
    if (process.env.NODE_ENV !== 'production') {
      environment.warn(
        `rivulet: the body of ${url} is not an event stream, it starts with ${JSON.stringify(excerpt)}. ` +
          'If the server means each line as a message, it has to write `data:` before the text. ' +
          "To read plain text, use useStreamingFetch with `framing: 'text'`.",
      );
    }
  } catch {}
}

/** Messages are expected from a body whose content type implies no framing. */
export function hintNoFraming(environment: Environment, url: string, essence: string): void {
  try {
    if (process.env.NODE_ENV !== 'production') {
      environment.warn(
        `rivulet: ${url} answered with ${essence || 'no content type'}, which is read as it comes: every ` +
          'chunk of the network is a message. If the body has lines, events or JSON lines, name the ' +
          '`framing`, or let the server send the content type of its stream.',
      );
    }
  } catch {}
}

/** Fields of an event stream without the blank line that would make them a message. */
export function hintNoBlankLine(environment: Environment, url: string, excerpt: string): void {
  try {
    if (process.env.NODE_ENV !== 'production') {
      environment.warn(
        `rivulet: the body of ${url} has fields but no message, it starts with ${JSON.stringify(excerpt)}. ` +
          'A message ends at a blank line, and there is none: the server has to write `\\n\\n` after ' +
          'its last field.',
      );
    }
  } catch {}
}

/**
 * An event stream that ends with something that is not an event but looks as if it were meant to be
 * one.
 */
export function hintIgnoredEnd(environment: Environment, url: string, block: string): void {
  try {
    if (process.env.NODE_ENV !== 'production') {
      environment.warn(
        `rivulet: the body of ${url} ends with ${JSON.stringify(block)}, which is ignored: an event needs ` +
          'a `data:` line. To say that this was all, let the server send `event: end`, `data: bye` and a ' +
          "blank line, and name it with `endWhen: { event: 'end' }`.",
      );
    }
  } catch {}
}

/** A callback returned something that means nothing here, such as a promise. */
export function hintVerdict(
  environment: Environment,
  option: string,
  verdict: unknown,
  answers: string,
): void {
  try {
    if (process.env.NODE_ENV !== 'production' && verdict && verdict !== true) {
      environment.warn(
        `rivulet: \`${option}\` returned something that counts as no answer; it must return ${answers}.`,
      );
    }
  } catch {}
}

/** The origins for which the next hint was shown already: every retry would show it again. */
const refused = new WeakMap<Environment, Set<string>>();

/** A cross-origin request that failed before any answer: the browser does not say why. */
export function hintPreflight(
  environment: Environment,
  url: URL,
  request: { readonly method: string; readonly headers: Headers },
): void {
  try {
    if (process.env.NODE_ENV !== 'production') {
      const { method, headers } = request;
      const known = refused.get(environment) ?? new Set();
      refused.set(environment, known);
      if (known.has(url.origin)) return;
      known.add(url.origin);
      const names = [...headers].filter(needsPreflight).map(([name]) => name);
      const simple = ['GET', 'HEAD', 'POST'].includes(method);
      if (names.length === 0 && simple) {
        environment.warn(
          `rivulet: the cross-origin request to ${url} failed before an answer. If the server is up, ` +
            '`Access-Control-Allow-Origin` is missing from its answer' +
            ' (and, with credentials, `Access-Control-Allow-Credentials: true`).',
        );
        return;
      }
      const answers = [
        ...(names.length > 0 ? [`Access-Control-Allow-Headers: ${names.join(', ')}`] : []),
        ...(simple ? [] : [`Access-Control-Allow-Methods: ${method}`]),
      ];
      environment.warn(
        `rivulet: the cross-origin request to ${url} failed before an answer. If the server is up: this ` +
          'request needs a preflight, so OPTIONS must be answered with ' +
          `\`Access-Control-Allow-Origin\` and \`${answers.join('` and `')}\`.`,
      );
    }
  } catch {}
}

/** A request with a stream as its body that failed before any answer. */
export function hintStreamBody(
  environment: Environment,
  url: URL,
  request: { readonly duplex?: string },
): void {
  try {
    if (process.env.NODE_ENV !== 'production' && request.duplex !== undefined) {
      environment.warn(
        `rivulet: the request to ${url} has a stream as its body, which a browser sends over HTTP/2 only.`,
      );
    }
  } catch {}
}

/** Whether a header is outside the CORS safelist (Fetch 2.2.2). */
function needsPreflight([name, value]: readonly [string, string]): boolean {
  if (['accept', 'accept-language', 'content-language'].includes(name)) return false;
  if (name === 'range') return !/^bytes=\d+-(\d+)?$/.test(value);
  if (name !== 'content-type') return true;
  return !/^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)\b/i.test(value);
}

/** Headers that came late, followed at once by a burst: something held the messages back. */
export function hintBuffering(environment: Environment, url: string): void {
  try {
    if (process.env.NODE_ENV !== 'production') {
      environment.warn(
        `rivulet: ${url} was silent for over 2 s and then sent many messages at once. Something between ` +
          'here and the server buffers or compresses the stream: for nginx, set ' +
          '`proxy_buffering off` or send `X-Accel-Buffering: no`; for a compressing middleware, send ' +
          '`Cache-Control: no-transform` or flush after every message.',
      );
    }
  } catch {}
}

/** How many streams are live, by origin. */
const liveStreams = new WeakMap<Environment, Map<string, number>>();

/** Six connections per host is all a browser opens on HTTP/1.1; `signal` aborts when one is over. */
export function hintConnectionLimit(environment: Environment, url: URL, signal: AbortSignal): void {
  try {
    if (process.env.NODE_ENV !== 'production') {
      const { origin, protocol } = url;
      if (protocol !== 'http:' || environment.baseUrl() === undefined) return;
      const counts = liveStreams.get(environment) ?? new Map<string, number>();
      liveStreams.set(environment, counts);
      const add = (difference: number) =>
        counts.set(origin, (counts.get(origin) ?? 0) + difference);
      add(1);
      signal.addEventListener('abort', () => add(-1), { once: true });
      if (counts.get(origin) !== 6) return;
      environment.warn(
        `rivulet: six streams to ${origin} are live. On HTTP/1.1 a browser opens six connections per ` +
          'host, and the next request of any kind waits without an error. Share them (`rivulet/share`), ' +
          'close streams, or serve HTTP/2.',
      );
    }
  } catch {}
}

/** Components that share a connection but ask for different transport options. */
export function hintShareDiffers(
  environment: Environment,
  url: string | null,
  names: string[],
): void {
  try {
    if (process.env.NODE_ENV !== 'production' && names.length > 0) {
      environment.warn(
        `rivulet: a subscription that shares the connection to ${url} asks for other transport options ` +
          `(${names.join(', ')}); those of the oldest one are in force. Give it a \`key\` of its own.`,
      );
    }
  } catch {}
}

/** More bytes than the total: it counted encoded bytes, which CORS hides. */
export function hintFalseTotal(
  environment: Environment,
  url: string,
  isCors: boolean,
  sizeHeader: string | undefined,
): void {
  try {
    if (process.env.NODE_ENV !== 'production') {
      const names = ['Content-Encoding', ...(sizeHeader === undefined ? [] : [sizeHeader])];
      const cure = isCors
        ? 'the answer is cross-origin and hides its coding: let the server send ' +
          `\`Access-Control-Expose-Headers: ${names.join(', ')}\``
        : 'the size that it was given is too small';
      environment.warn(
        `rivulet: more bytes of ${url} arrived than its total says, so the total is unknown from here ` +
          `on; ${cure}. For a true total, name a header with the decoded size (\`sizeHeader\`, exposed ` +
          'across origins) or use `resumable: true`.',
      );
    }
  } catch {}
}
