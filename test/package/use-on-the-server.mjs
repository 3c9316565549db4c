/**
 * What a server component does with `rivulet/core`. Run by `server-components.test.ts` in a Node of
 * its own, with `--conditions=react-server`, in the project that has the packed package: prints what
 * it found as a line of JSON.
 *
 *   node --conditions=react-server use-on-the-server.mjs
 */
import * as react from 'react';
import { createStreamingFetch, isStreamError, StreamError } from 'rivulet/core';

/** A server that refuses. */
const refuse = async () => new Response('{"reason":"maintenance"}', { status: 503 });

const { error } = await createStreamingFetch('https://host.test/', { fetch: refuse }).start();
const { text, status } = await createStreamingFetch('https://host.test/', {
  fetch: async () => new Response('streamed', { headers: { 'content-type': 'text/plain' } }),
}).start();

console.log(
  JSON.stringify({
    isServerReact: !('useState' in react),
    guards: [
      isStreamError(error),
      isStreamError(new StreamError('network', 'x')),
      isStreamError({}),
    ],
    code: isStreamError(error) && error.code,
    text,
    status,
  }),
);
