/**
 * The server of `soak-many.mjs`, in a process of its own so that nothing of it is measured: sends every
 * connection an event per second, and tells its parent what it counted when asked.
 */
import { createServer } from 'node:http';

let requests = 0;
let open = 0;

const server = createServer((_request, response) => {
  requests += 1;
  open += 1;
  let number = 0;
  const send = () => {
    number += 1;
    response.write(`id: ${number}\ndata: ${number}\n\n`);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  send();
  const timer = setInterval(send, 1000);
  response.once('close', () => {
    open -= 1;
    clearInterval(timer);
  });
});

server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
process.on('message', () => process.send?.({ requests, open }));
process.on('disconnect', () => process.exit());
