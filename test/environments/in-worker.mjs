/** Reads the streams of a server in a worker of workerd, and answers with what came. */
import { readStreams } from './streams.mjs';

export default {
  /** @param {Request} request whose query names the server */
  async fetch(request) {
    const origin = new URL(request.url).searchParams.get('origin') ?? '';
    return Response.json(await readStreams(origin));
  },
};
