/** Serves a body of so many bytes as its path says, no faster than it is read; a process of its own. */
import { once } from 'node:events';
import { createServer } from 'node:http';

const chunk = Buffer.alloc(64 * 1024, 'rivulet ');

const server = createServer(async (request, response) => {
  const bytes = Number(request.url?.slice(1));
  response.writeHead(200, {
    'content-length': bytes,
    'content-type': 'application/octet-stream',
  });
  for (let left = bytes; left > 0; left -= chunk.length) {
    if (!response.write(chunk.subarray(0, left))) await once(response, 'drain');
  }
  response.end();
});
server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
process.on('disconnect', () => process.exit());
