import type { Environment } from '../environment.ts';
import type { Attempt } from './attempt.ts';
import { mimeTypeOf } from './mime.ts';
import { retryAfterMs } from './retry-after.ts';

/** How much of a body an error keeps, in bytes. */
const MAX_ERROR_BODY_BYTES = 64 * 1024;
/** How long an error waits for its body, in ms. */
const MAX_ERROR_BODY_MS = 2000;

/** A response whose body can be read. */
export type ResponseWithBody = Response & { readonly body: ReadableStream<Uint8Array> };

function hasBody(response: Response): response is ResponseWithBody {
  const { body } = response;
  return typeof body?.getReader === 'function' && !body.locked && !response.bodyUsed;
}

/** Gives up a body that nobody reads. */
export async function discard({ body }: Response): Promise<void> {
  try {
    await body?.cancel();
  } catch {
    // Its reader gives it up, or it is not a stream of this platform.
  }
}

/** Start of the body of a response that will not be used; the rest is cancelled. */
async function readExcerpt(
  response: Response,
  environment: Environment,
  signal: AbortSignal,
): Promise<string> {
  if (!hasBody(response)) return '';
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  const cancel = () => void reader.cancel().catch(() => {});
  const cancelTimer = environment.setTimer(cancel, MAX_ERROR_BODY_MS);
  signal.addEventListener('abort', cancel);
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

/**
 * Judges the headers of a response. Any success is read, although HTML 9.2.3 accepts only 200:
 * frameworks answer a POST with 201. Status 204 and 205 are `null`: there is nothing to read, and
 * nothing wrong. Everything that is not a success with a body of an expected type throws.
 *
 * @param refusal What is wrong with a MIME essence, in a sentence; `null` for nothing.
 */
export async function checkResponse(
  attempt: Attempt,
  response: Response,
  refusal: (essence: string) => string | null,
  environment: Environment,
): Promise<ResponseWithBody | null> {
  const { status, headers } = response;
  if (status === 204 || status === 205) {
    void discard(response);
    return null;
  }
  if (status === 0) {
    throw attempt.fail('no-body', `The answer is ${response.type}: it shows nothing.`, { status });
  }
  const isSuccess = status >= 200 && status < 300;
  const complaint = isSuccess ? refusal(mimeTypeOf(headers).essence) : null;
  if (complaint !== null || !isSuccess) {
    const body = await readExcerpt(response, environment, attempt.signal);
    const details = { status, headers, body };
    if (complaint !== null) throw attempt.fail('content-type', complaint, details);
    throw attempt.fail('http-status', `The server answered with status ${status}.`, {
      ...details,
      retryAfterMs: retryAfterMs(headers, environment.wallClock()),
    });
  }
  if (hasBody(response)) return response;
  throw attempt.fail('no-body', 'The response has no body to read.', { status, headers });
}
