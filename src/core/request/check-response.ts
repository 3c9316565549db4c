import type { Environment } from '../environment.ts';
import type { Fail } from '../errors.ts';
import { hintHtml } from '../hints.ts';
import { retryAfterMs } from './retry-after.ts';

/** Most of a body that an error keeps, in bytes. */
const MAX_ERROR_BODY_BYTES = 64 * 1024;
/** Longest that an error waits for its body, in ms. */
const MAX_ERROR_BODY_MS = 2000;
/** How much of a body is quoted in an error message, in characters. */
const QUOTE_LENGTH = 120;

/** A response whose body can be read. */
export type ResponseWithBody = Response & { readonly body: ReadableStream<Uint8Array> };

/** The MIME essence of a response (WHATWG MIME Sniffing 4.4): lower case, without parameters. */
export function mimeEssence(headers: Headers): string {
  const [essence = ''] = (headers.get('content-type') ?? '').split(';', 1);
  return essence.trim().toLowerCase();
}

/** Start of the body of a response that will not be used; the rest is cancelled. */
async function readExcerpt(
  response: Response,
  environment: Environment,
  signal: AbortSignal,
): Promise<string> {
  if (!hasBody(response) || response.bodyUsed) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const cancel = () => void reader.cancel().catch(() => {});
  const cancelTimer = environment.setTimer(cancel, MAX_ERROR_BODY_MS);
  signal.addEventListener('abort', cancel, { once: true });
  let text = '';
  let room = MAX_ERROR_BODY_BYTES;
  try {
    while (room > 0) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value.subarray(0, room), { stream: true });
      room -= value.length;
    }
  } catch {
    // A body that breaks off leaves what was read: the error it belongs to matters more.
  } finally {
    cancelTimer();
    signal.removeEventListener('abort', cancel);
    cancel();
  }
  return text + decoder.decode();
}

function quote(body: string): string {
  if (body.trim() === '') return '';
  const start = body.trim().slice(0, QUOTE_LENGTH);
  return ` The body starts with ${JSON.stringify(start)}.`;
}

/**
 * Judges the headers of a response. Status 204 and 205 are `false`: there is nothing to read, and
 * nothing wrong. Everything that is not a success with a body of an expected type throws.
 *
 * @param signal Ends the reading of an error's body.
 * @param expected MIME essence that the body must have, or a function that says what is wrong with it.
 */
export async function checkResponse(
  response: Response,
  expected: (essence: string) => string | null,
  environment: Environment,
  signal: AbortSignal,
  fail: Fail,
): Promise<ResponseWithBody | false> {
  const { status, headers, url } = response;
  if (status === 204 || status === 205) {
    void response.body?.cancel().catch(() => {});
    return false;
  }
  if (!response.ok) {
    const body = await readExcerpt(response, environment, signal);
    throw fail('http-status', `The server answered with status ${status}.${quote(body)}`, {
      status,
      headers,
      body,
      retryAfterMs: retryAfterMs(headers, environment.now()),
    });
  }
  const essence = mimeEssence(headers);
  const complaint = expected(essence);
  if (complaint !== null) {
    const body = await readExcerpt(response, environment, signal);
    if (essence === 'text/html') hintHtml(environment, url);
    throw fail('content-type', `${complaint}${quote(body)}`, { status, headers, body });
  }
  if (!hasBody(response)) {
    throw fail(
      'no-body',
      'The response has no body to read. A HEAD request has none; neither has a fetch function ' +
        'that does not stream.',
      { status, headers },
    );
  }
  return response;
}

function hasBody(response: Response): response is ResponseWithBody {
  return response.body !== null && typeof response.body?.getReader === 'function';
}
