import type { FetchLike } from 'rivulet';

const EVENTS_PER_TASK = 10;

/** The numbers from 1 to `count`. */
export function numbersTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/**
 * A fetch function whose bodies are `count` numbered events, one for each chunk, a few in each task
 * of the page: that many times something could be shown too early. Bodies stay open at the end.
 */
export function burstFetch(count: number): FetchLike {
  return async () => {
    const encoder = new TextEncoder();
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (sent === count) return;
        sent += 1;
        if (sent % EVENTS_PER_TASK === 0) await nextTask();
        controller.enqueue(encoder.encode(`id: ${sent}\ndata: ${sent}\n\n`));
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };
}
