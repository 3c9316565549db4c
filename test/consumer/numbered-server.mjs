/**
 * A server that is killed: streams numbered events from the one after `Last-Event-ID` on, and cuts
 * its first connections at random bytes. It runs in a process of its own.
 *
 *   node numbered-server.mjs <port> <last number> <cuts>
 */
import { createServer } from 'node:http';

const [port, last, cuts] = process.argv.slice(2).map(Number);
let cutsLeft = cuts ?? 0;
let seed = 1;

/** A number from 0 up to 1, the same series in every run (Numerical Recipes, 7.1). */
function random() {
  seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
  return seed / 2 ** 32;
}

/**
 * The wire bytes of the events after a number.
 *
 * @param {number} number
 */
function framesAfter(number) {
  let text = '';
  for (let next = number + 1; next <= (last ?? 0); next += 1) {
    text += `id: ${next}\ndata: event ${next} \u{1F30A}\n\n`;
  }
  return Buffer.from(text);
}

/** Three events at most, so that the cuts are used up before the events are. */
const LONGEST_CUT = 3 * Buffer.byteLength('id: 1000\ndata: event 1000 \u{1F30A}\n\n');

const server = createServer((request, response) => {
  const bytes = framesAfter(Number(request.headers['last-event-id'] ?? 0));
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  if (cutsLeft === 0) {
    response.write(bytes);
    return;
  }
  cutsLeft -= 1;
  const position = 1 + Math.floor(random() * LONGEST_CUT);
  console.log(`cut at ${position}`);
  response.write(bytes.subarray(0, position), () => response.destroy());
});

server.listen(port, '127.0.0.1', () => console.log('listening'));
