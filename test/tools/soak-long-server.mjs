/**
 * The server of `soak-long.mjs`, in a process of its own: 200 numbered events per second, and every
 * 20 seconds the connection drops in the middle of an event. Whoever comes back gets what it missed.
 */
import { createServer } from 'node:http';

const EVENTS_PER_SECOND = 200;
const DROP_AFTER_MS = 20_000;
const TICK_MS = 50;

const startedAt = Date.now();
const counts = { requests: 0, drops: 0 };

/** How many events there are by now. */
const newest = () => Math.floor(((Date.now() - startedAt) * EVENTS_PER_SECOND) / 1000);

const server = createServer((request, response) => {
  counts.requests += 1;
  const { 'last-event-id': lastEventId } = request.headers;
  let sent = lastEventId === undefined ? newest() : Number(lastEventId);
  const send = () => {
    const events = [];
    for (const last = newest(); sent < last; ) {
      sent += 1;
      events.push(`id: ${sent}\ndata: event ${sent} of a stream that goes on\n\n`);
    }
    response.write(events.join(''));
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  // Soon again: the floor of the delay is all that is waited for.
  response.write('retry: 100\n\n');
  const ticking = setInterval(send, TICK_MS);
  const dropping = setTimeout(() => {
    counts.drops += 1;
    response.write(`id: ${sent + 1}\ndata: cut`, () => response.destroy());
  }, DROP_AFTER_MS);
  response.once('close', () => {
    clearInterval(ticking);
    clearTimeout(dropping);
  });
});

server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
process.on('message', () => process.send?.(counts));
process.on('disconnect', () => process.exit());
