import { createParser } from 'eventsource-parser';
import { END } from './answer.mjs';

/** The token in the data of an event. */
export function deltaOf(data: string): string {
  // The server of the benchmark writes nothing else.
  return (JSON.parse(data) as { delta: string }).delta;
}

/** The plain way: a reader loop in front of the parser. Resolves at the end of the answer. */
export async function readTokens(url: string, onToken: (token: string) => void): Promise<void> {
  const { body } = await fetch(url, { cache: 'no-store' });
  if (body === null) throw new Error('The answer has no body.');
  const decoder = new TextDecoder();
  const parser = createParser({
    onEvent({ data }) {
      if (data !== END) onToken(deltaOf(data));
    },
  });
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    parser.feed(decoder.decode(value, { stream: true }));
  }
}

/** The same as an iterable, which TanStack Query asks for. */
export async function* tokensOf(url: string): AsyncGenerator<string, void, void> {
  const { body } = await fetch(url, { cache: 'no-store' });
  if (body === null) throw new Error('The answer has no body.');
  const decoder = new TextDecoder();
  let tokens: string[] = [];
  const parser = createParser({
    onEvent({ data }) {
      if (data !== END) tokens.push(deltaOf(data));
    },
  });
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    parser.feed(decoder.decode(value, { stream: true }));
    yield* tokens;
    tokens = [];
  }
}
