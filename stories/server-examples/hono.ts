/**
 * Streams from Hono on Node: typed events, NDJSON rows, the tokens of a language model in the form
 * of OpenAI, and files with ranges, so that a broken download goes on where it was.
 *
 *     npm install hono @hono/node-server
 *     npx tsx hono.ts
 *
 * It listens on the port in PORT, 3000 by default, and serves what these examples ask for:
 * background-download, download-button, download-queue, ndjson-table, provider-chat, ticker.
 */
import { createHash } from 'node:crypto';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { stream, streamSSE } from 'hono/streaming';

const RIVERS = ['Amazon', 'Danube', 'Mekong', 'Niger', 'Volga', 'Yukon', 'Zambezi'];

/** Rows of a table, cut at a size. */
function tableOf(sizeBytes: number): Buffer<ArrayBuffer> {
  let text = 'row,river,level_cm\n';
  for (let row = 1; text.length < sizeBytes; row += 1) {
    text += `${row},${RIVERS[row % RIVERS.length]},${200 + ((row * 37) % 290)}\n`;
  }
  return Buffer.from(text.slice(0, sizeBytes));
}

const FILES = new Map([
  ['gauges.csv', tableOf(60_000)],
  ['levels.csv', tableOf(240_000)],
  ['soundings.csv', tableOf(420_000)],
]);

const app = new Hono();

// Answers preflights with the headers that they ask for, Last-Event-ID and Range too. What a page may
// read of an answer has to be named.
const exposeHeaders = ['Content-Disposition', 'Content-Encoding', 'Content-Range', 'ETag'];
app.use(cors({ origin: '*', exposeHeaders, maxAge: 86_400 }));

/** Nothing on the way may keep a stream or hold it back. */
app.use('/api/*', async (context, next) => {
  await next();
  context.header('Cache-Control', 'no-cache, no-transform');
  context.header('X-Accel-Buffering', 'no');
});

/** Prices, volumes and the state of the market: JSON in events with names. */
app.get('/api/ticker', (context) =>
  streamSSE(context, async (body) => {
    await body.write(': connected\n\n'); // the first byte takes the headers with it
    const last = Number.parseInt(context.req.header('Last-Event-ID') ?? '', 10) || 0;
    for (let number = last + 1; !body.aborted; number += 1) {
      const [event, value] =
        number % 5 === 0
          ? ['volume', { shares: number * 40 }]
          : number % 7 === 0
            ? ['market', { phase: number % 2 === 0 ? 'open' : 'auction' }]
            : ['price', { symbol: 'RVLT', price: Math.round(1e4 + 500 * Math.sin(number)) / 100 }];
      await body.writeSSE({ id: `${number}`, event, data: JSON.stringify(value) });
      await body.sleep(400);
    }
  }),
);

/** NDJSON: one JSON value a line. The end of the body is the end of the table. */
app.get('/api/rows', (context) => {
  context.header('Content-Type', 'application/x-ndjson');
  return stream(context, async (body) => {
    for (let number = 1; number <= 40 && !body.aborted; number += 1) {
      const river = RIVERS[number % RIVERS.length];
      await body.writeln(JSON.stringify({ number, river, levelCm: 200 + ((number * 37) % 90) }));
      await body.sleep(60);
    }
  });
});

/** Chat completions as OpenAI streams them. Yours would pass on those of the provider, key included. */
app.post('/api/completions', async (context) => {
  const { messages } = await context.req.json<{ messages: { content: string }[] }>();
  const text = `You asked: ${messages.at(-1)?.content} This answer came in the form of OpenAI.`;
  return streamSSE(context, async (body) => {
    for (const content of text.split(/(?<= )/)) {
      if (body.aborted) return;
      await body.writeSSE({ data: JSON.stringify({ choices: [{ delta: { content } }] }) });
      await body.sleep(60);
    }
    await body.writeSSE({ data: '[DONE]' });
  });
});

/** A file, or the rest of it. `If-Range` makes sure that it is the rest of the same file. */
app.get('/api/files/:name', (context) => {
  const name = context.req.param('name');
  const file = FILES.get(name);
  if (file === undefined) return context.json({ error: 'There is no such file.' }, 404);
  const etag = `"${createHash('sha256').update(file).digest('base64url')}"`;
  const isSame = (context.req.header('If-Range') ?? etag) === etag;
  const range = isSame ? /^bytes=(\d+)-(\d*)$/.exec(context.req.header('Range') ?? '') : null;
  const first = Number(range?.[1] ?? 0);
  const last = Math.min(Number(range?.[2] || file.length - 1), file.length - 1);
  if (first > last) {
    return context.body(null, 416, { 'Content-Range': `bytes */${file.length}` });
  }
  context.header('Accept-Ranges', 'bytes');
  context.header('Content-Type', 'text/csv; charset=utf-8');
  context.header('Content-Disposition', `attachment; filename="${name}"`);
  context.header('Content-Length', `${last - first + 1}`); // the total of the progress
  context.header('ETag', etag); // what If-Range names: strong, from the bytes themselves
  if (range !== null) {
    context.status(206);
    context.header('Content-Range', `bytes ${first}-${last}/${file.length}`);
  }
  return stream(context, async (body) => {
    // In pieces and slowly, so that there is some progress to see; else `body.write(file)` would do.
    for (let start = first; start <= last && !body.aborted; start += 8192) {
      await body.write(file.subarray(start, Math.min(start + 8192, last + 1)));
      await body.sleep(20);
    }
  });
});

serve(
  { fetch: app.fetch, port: Number(process.env['PORT'] ?? 3000), hostname: '127.0.0.1' },
  (info) => console.log(`Listening on http://127.0.0.1:${info.port}`),
);
