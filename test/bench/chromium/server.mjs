/**
 * What the pages talk to, in a process of its own, so that nothing holds up the pace of a stream.
 * Its parent tells it the script of the page, it answers with the port it listens on.
 *
 *   /                        the page
 *   /tokens?count&rate&wait  an answer; `rate` in tokens per second, 0 for as fast as it is taken,
 *                            after `wait` ms
 *   /ticks?count&intervalMs  numbered events, for a page that counts its commits
 *   /bytes?size              a body in which every 32-bit word is its own number
 *   /pace                    how well the last paced answer kept its rate, from 0 to 1
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { END, eventAt } from './answer.mjs';

const CHUNK_BYTES = 64 * 1024;
const WORD_BYTES = Uint32Array.BYTES_PER_ELEMENT;
/** React tells these tools of every commit, in its production build as well. */
const COUNT_COMMITS = `
  window.commits = 0;
  window.__REACT_DEVTOOLS_GLOBAL_HOOK__ = {
    supportsFiber: true,
    inject: () => 1,
    onCommitFiberRoot() { window.commits += 1; },
    onCommitFiberUnmount() {},
  };`;
const STYLE = '.answer { white-space: pre-wrap; block-size: 20rem; overflow: auto; margin: 0 }';

let pace = 1;
let script = '';

/**
 * @param {import('node:http').ServerResponse} response
 * @param {string} text
 */
async function write(response, text) {
  if (!response.write(text)) await once(response, 'drain');
}

/**
 * Resolves at the next turn of the timers, about a millisecond later.
 *
 * @param {number} [delayMs]
 */
function later(delayMs = 1) {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });
}

/**
 * Sends every token at its time: after a turn that came late, all that are due.
 *
 * @param {import('node:http').ServerResponse} response
 * @param {number} count
 * @param {number} rate
 */
async function sendTokens(response, count, rate) {
  const start = performance.now();
  for (let sent = 0; sent < count && !response.destroyed; ) {
    const due = rate === 0 ? count : Math.floor(((performance.now() - start) * rate) / 1000);
    for (; sent < Math.min(due, count); sent += 1) await write(response, eventAt(sent));
    if (sent < count) await later();
  }
  if (rate > 0) pace = count / rate / ((performance.now() - start) / 1000);
  response.end(`data: ${END}\n\n`);
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} count
 * @param {number} intervalMs
 */
async function sendTicks(response, count, intervalMs) {
  for (let sent = 0; sent < count && !response.destroyed; sent += 1) {
    await later(intervalMs);
    await write(response, `data: ${sent}\n\n`);
  }
  await later(intervalMs);
  response.end(`data: ${END}\n\n`);
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} size
 */
async function sendBytes(response, size) {
  response.writeHead(200, { 'content-length': size, 'content-type': 'application/octet-stream' });
  for (let sent = 0; sent < size && !response.destroyed; sent += CHUNK_BYTES) {
    const words = new Uint32Array(CHUNK_BYTES / WORD_BYTES);
    const first = sent / WORD_BYTES;
    for (let index = 0; index < words.length; index += 1) words[index] = first + index;
    const chunk = Buffer.from(words.buffer).subarray(0, size - sent);
    if (!response.write(chunk)) await once(response, 'drain');
  }
  response.end();
}

/**
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 */
async function answer(request, response) {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const numberOf = (/** @type {string} */ name) => Number(searchParams.get(name));
  // The hooks of one page spread over hosts: a browser opens six connections to each.
  response.setHeader('access-control-allow-origin', '*');
  switch (pathname) {
    case '/tokens':
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      if (searchParams.has('wait')) await later(numberOf('wait'));
      return sendTokens(response, numberOf('count'), numberOf('rate'));
    case '/ticks':
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      return sendTicks(response, numberOf('count'), numberOf('intervalMs'));
    case '/bytes':
      return sendBytes(response, numberOf('size'));
    case '/pace':
      return void response.end(String(pace));
    case '/page.js':
      response.setHeader('content-type', 'text/javascript');
      return void response.end(script);
    default:
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(
        `<!doctype html><title>Benchmark</title><style>${STYLE}</style>` +
          `<script>${COUNT_COMMITS}</script><script type="module" src="/page.js"></script>`,
      );
  }
}

const server = createServer({ noDelay: true }, (request, response) => {
  // A page that was closed in the middle ends its answers with an error.
  answer(request, response).catch(() => response.destroy());
});
process.once('message', (message) => {
  script = String(message);
  server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
});
process.on('disconnect', () => process.exit());
