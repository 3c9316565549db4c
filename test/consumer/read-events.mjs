/**
 * What a user of Node writes. Run by `node.test.ts` in a project that has the packed package: prints
 * every message of a subscription as a line of JSON, and ends after a number of them.
 *
 *   node read-events.mjs http://localhost:3000/events 3
 */
import { createEventSource } from 'rivulet/core';

const [url = '', count = '1'] = process.argv.slice(2);
const source = createEventSource(url, { retry: { baseDelayMs: 1 } });
let received = 0;

for await (const message of source) {
  const { event, data, lastEventId } = message;
  console.log(JSON.stringify({ event, data, lastEventId }));
  received += 1;
  if (received === Number(count)) break;
}

console.error(source.getSnapshot().status);
