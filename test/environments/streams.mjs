/**
 * What the tests of runtimes do on each of them: one subscription, one request with a streamed body,
 * one download.
 */
import { createDownload, createEventSource, createStreamingFetch } from 'rivulet/core';

/** @param {string} origin of the server of the test */
export async function readStreams(origin) {
  /** @type {[string, string, string][]} */
  const events = [];
  const source = createEventSource(`${origin}/events`);
  for await (const { event, data, lastEventId } of source) {
    events.push([event, data, lastEventId]);
    if (events.length === 3) break;
  }

  const pieces = ['one ', 'two ', 'three 🌊'];
  const body = new ReadableStream({
    pull(controller) {
      const piece = pieces.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(piece));
    },
  });
  const answer = await createStreamingFetch(`${origin}/echo`, { method: 'POST', body }).start();

  const job = createDownload(`${origin}/file`, { as: 'bytes' });
  const file = await job.start();

  return {
    events,
    subscription: source.getSnapshot().status,
    answer: { status: answer.status, text: answer.text, error: answer.error?.message ?? null },
    file: {
      status: file.status,
      loaded: file.loaded,
      total: file.total,
      fileName: file.fileName,
      sum: file.result?.reduce((sum, byte) => sum + byte, 0),
    },
  };
}
