import express from 'express';

/**
 * All that the chat example asks of a server: one event for each word, and `[DONE]`.
 *
 * @param {(index: number) => Promise<unknown>} turnOf Resolves when the word may go.
 */
export function createChatServer(turnOf) {
  const app = express().use(express.json());
  app.post('/api/chat', async ({ body }, response) => {
    const words = `You said: ${body.messages.at(-1).content}`.split(/(?<= )/);
    response.setHeader('Content-Type', 'text/event-stream');
    for (const [index, text] of words.entries()) {
      await turnOf(index);
      response.write(`data: ${JSON.stringify({ text })}\n\n`);
    }
    response.end('data: [DONE]\n\n');
  });
  return app;
}
