/**
 * Event streams from NestJS 11 with `@Sse`: three timed messages and an end, a log as it is written
 * (`tail -F` in a child process), and a file in slices of Buffer JSON.
 *
 *     npm install @nestjs/common @nestjs/core @nestjs/platform-express reflect-metadata rxjs
 *     LOG_FILE=/var/log/syslog npx tsx nestjs.ts
 *
 * The `tsconfig.json` beside it needs `"experimentalDecorators": true`, as that of every Nest project.
 * It listens on the port in PORT, 3000 by default. Without LOG_FILE it tails `app.log`: write a line
 * to that with `date >> app.log`. It serves what these examples ask for: file-slices, log-tail.
 */
import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { Controller, Headers, type MessageEvent, Module, Sse } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { concat, interval, map, merge, Observable, of, take } from 'rxjs';

const { LOG_FILE = 'app.log', PORT = '3000' } = process.env;

/** The file that is sent in slices: this program itself. */
const FILE = process.argv[1] ?? '';

const SLICE_BYTES = 1024;

/** Nest sends its headers with the first message: a comment, which reaches no handler, at once. */
const connected = of<MessageEvent>({ comment: 'connected' });

/** Nest ends the response when an Observable completes. A client has to be told that this was all. */
const end = of<MessageEvent>({ type: 'end', data: 'bye' });

/** The id of the last event that a returning client has seen; ours are numbers from 1. */
const numberOf = (lastEventId: string | undefined) => Number.parseInt(lastEventId ?? '', 10) || 0;

/** The lines of a file after the first so many, and those to come; each with its number as id. */
function tail(path: string, seen: number): Observable<MessageEvent> {
  return new Observable((subscriber) => {
    const options = ['-n', `+${seen + 1}`, '-F', path];
    const child = spawn('tail', options, { stdio: ['ignore', 'pipe', 'ignore'] });
    let number = seen;
    createInterface({ input: child.stdout }).on('line', (line) => {
      number += 1;
      subscriber.next({ id: `${number}`, data: line });
    });
    child.once('error', (error) => subscriber.error(error)); // there is no `tail`
    child.once('exit', () => subscriber.complete());
    return () => child.kill(); // Nest unsubscribes when the client goes away
  });
}

@Controller('api')
class StreamController {
  /** Three messages, a second apart, and the end. */
  @Sse('three')
  three(): Observable<MessageEvent> {
    const messages = interval(1000).pipe(
      take(3),
      map((index) => ({ data: `Message ${index + 1} of 3` })),
    );
    return concat(connected, messages, end);
  }

  /** A log. Heartbeats keep the connection from being cut while nothing is logged. */
  @Sse('log')
  log(@Headers('last-event-id') lastEventId: string | undefined): Observable<MessageEvent> {
    const heartbeats = interval(15_000).pipe(map(() => ({ comment: 'heartbeat' })));
    return merge(connected, tail(LOG_FILE, numberOf(lastEventId)), heartbeats);
  }

  /** A file in numbered slices. JSON makes `{ "type": "Buffer", "data": [...] }` of a Buffer. */
  @Sse('file-slices')
  fileSlices(@Headers('last-event-id') lastEventId: string | undefined): Observable<MessageEvent> {
    const file = readFileSync(FILE);
    const total = Math.ceil(file.length / SLICE_BYTES);
    const seen = numberOf(lastEventId);
    const slices = interval(50).pipe(
      take(Math.max(0, total - seen)),
      map((step) => {
        const index = seen + step;
        const chunk = file.subarray(index * SLICE_BYTES, (index + 1) * SLICE_BYTES);
        return { id: `${index + 1}`, data: { index, total, name: basename(FILE), chunk } };
      }),
    );
    return concat(connected, slices, end);
  }
}

@Module({ controllers: [StreamController] })
class AppModule {}

async function main(): Promise<void> {
  appendFileSync(LOG_FILE, ''); // there is a file to tail, if an empty one
  // `cors: true` answers preflights with the headers that they ask for, Last-Event-ID too.
  const app = await NestFactory.create(AppModule, { cors: true, logger: ['error', 'warn'] });
  await app.listen(PORT, '127.0.0.1');
  console.log(`Listening on ${await app.getUrl()}`);
}

void main();
