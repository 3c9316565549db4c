/** Bytes as a network would deliver them, without one. */
const encoder = new TextEncoder();

/**
 * Cuts bytes into chunks.
 *
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @param {number} chunkBytes
 */
export function cut(bytes, chunkBytes) {
  const chunks = [];
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    chunks.push(bytes.slice(start, start + chunkBytes));
  }
  return chunks;
}

/** @param {string} text */
export const encode = (text) => encoder.encode(text);

/**
 * An event stream that delivers these chunks, one for each pull.
 *
 * @param {readonly Uint8Array<ArrayBuffer>[]} chunks
 */
export function responseOf(chunks) {
  let next = 0;
  const body = new ReadableStream({
    pull(controller) {
      const chunk = chunks[next];
      next += 1;
      if (chunk === undefined) controller.close();
      else controller.enqueue(chunk);
    },
  });
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
}
