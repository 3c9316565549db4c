import { Hono } from 'hono';
import { type DemoContext, type DemoEnv, numberOf } from '../demo-request.ts';
import { streamBody } from '../event-stream.ts';

const RIVERS = ['Amazon', 'Danube', 'Mekong', 'Niger', 'Volga', 'Yukon', 'Zambezi'];

/** One measurement; every tenth line is cut in the middle. */
function rowLine(number: number): string {
  const river = RIVERS[number % RIVERS.length];
  const line = JSON.stringify({ number, river, levelCm: 200 + ((number * 37) % 90) });
  return number % 10 === 0 ? line.slice(0, -9) : line;
}

/** Rows as JSON, one a line. */
function rows(context: DemoContext): Response {
  return streamBody(context, 'application/x-ndjson', async function* (pause) {
    for (let number = 1; number <= numberOf(context, 'count', 40); number += 1) {
      await pause(numberOf(context, 'interval', 80));
      yield `${rowLine(number)}\n`;
    }
  });
}

const BUILD = [
  '$ build --release',
  'Resolving 214 packages',
  'Compiling spring v1.0.2',
  'Compiling brook v2.4.0',
  'warning: the meadow is flooded',
  'Compiling délta v0.9.1 (große Änderung ✓)',
  'Linking river',
  'Testing: 128 passed',
  'Finished in 4.2 s',
];

/** A log as plain text. Its chunks end where they like, also inside a line or a character. */
function buildLog(context: DemoContext): Response {
  const bytes = new TextEncoder().encode(`${BUILD.join('\n')}\n`);
  return streamBody(context, 'text/plain; charset=utf-8', async function* (pause) {
    for (let start = 0; start < bytes.length; start += 7) {
      await pause(numberOf(context, 'interval', 60));
      yield bytes.subarray(start, start + 7);
    }
  });
}

/** Width and height of the picture, in pixels. */
const PICTURE_SIZE = 128;

/** One row of a picture, four bytes a pixel: a sun over water. */
function pictureRow(y: number): Uint8Array {
  const row = new Uint8Array(4 * PICTURE_SIZE);
  for (let x = 0; x < PICTURE_SIZE; x += 1) {
    const inSun = (x - 64) ** 2 + (y - 48) ** 2 < 24 ** 2;
    const wave = Math.sin(x / 7 + y / 3) * 24;
    const sky = inSun ? [255, 214, 92] : [70 + y, 130 + y / 2, 220];
    const water = [20, 90 + wave, 150 + wave];
    row.set([...(y < 72 ? sky : water), 255], 4 * x);
  }
  return row;
}

/** Raw pixels from top to bottom. */
function picture(context: DemoContext): Response {
  return streamBody(context, 'application/octet-stream', async function* (pause) {
    for (let y = 0; y < PICTURE_SIZE; y += 1) {
      await pause(numberOf(context, 'interval', 20));
      yield pictureRow(y);
    }
  });
}

/** Takes a file of a form, and says line by line what is in it. */
async function upload(context: DemoContext): Promise<Response> {
  const form = await context.req.formData();
  const file = form.get('file');
  if (!(file instanceof File)) return context.json({ error: 'There is no file.' }, 400);
  const lines = (await file.text()).split('\n').filter((line) => line !== '');
  const wordsIn = (text: string) => text.split(/\s+/).filter((word) => word !== '').length;
  return streamBody(context, 'text/plain; charset=utf-8', async function* (pause) {
    yield `Received ${file.name}, ${file.size} bytes\n`;
    for (const [index, line] of lines.entries()) {
      await pause(numberOf(context, 'interval', 150));
      yield `Line ${index + 1}: ${wordsIn(line)} words\n`;
    }
    yield `${wordsIn(lines.join(' '))} words in ${lines.length} lines\n`;
  });
}

/**
 * Bodies that are read while they are made.
 *
 * - `GET /rows`: NDJSON, every tenth line bad. `?count=40 &interval=80`
 * - `GET /build-log`: plain text in chunks of 7 bytes. `?interval=60`
 * - `GET /picture`: 128 rows of 128 pixels, RGBA. `?interval=20`
 * - `POST /upload` with a form that has a `file`: an account of it, line by line. `?interval=150`
 */
export function documentRoutes(): Hono<DemoEnv> {
  return new Hono<DemoEnv>()
    .get('/rows', rows)
    .get('/build-log', buildLog)
    .get('/picture', picture)
    .post('/upload', (context) => upload(context));
}
