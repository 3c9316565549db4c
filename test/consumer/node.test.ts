import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { getRequestListener } from '@hono/node-server';
import express from 'express';
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { afterEach, beforeAll, describe, expect, inject, test } from 'vitest';

const { project } = inject('packed');
/** For 200 reconnections, each of which waits at least 100 ms, on a machine that is busy. */
const PATIENT = { timeout: 300_000 };
const processes = new Set<ChildProcess>();
const servers = new Set<Server>();

beforeAll(() => copyFileSync(fileOf('read-events.mjs'), join(project, 'read-events.mjs')));

afterEach(async () => {
  for (const process of processes) process.kill('SIGKILL');
  processes.clear();
  await Promise.all([...servers].map(stop));
  servers.clear();
});

function fileOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

function stop(server: Server): Promise<void> {
  const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  return stopped;
}

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.add(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A server that listens on a port, not on a pipe, has an address of this form.
  return (server.address() as AddressInfo).port;
}

function run(script: string, ...args: (string | number)[]): ChildProcess {
  const child = spawn(process.execPath, [script, ...args.map(String)], { cwd: project });
  processes.add(child);
  return child;
}

/** Runs the reader to its end. `onMessage` hears how many messages came so far. */
async function readEvents(port: number, count: number, onMessage?: (received: number) => void) {
  const reader = run('read-events.mjs', `http://127.0.0.1:${port}/events`, count);
  const messages: unknown[] = [];
  const errors: string[] = [];
  reader.stderr?.on('data', (chunk) => errors.push(`${chunk}`));
  const ended = new Promise<number | null>((resolve) => reader.once('exit', resolve));
  if (reader.stdout === null) throw new Error('The reader has no output.');
  for await (const line of createInterface(reader.stdout)) {
    messages.push(JSON.parse(line));
    onMessage?.(messages.length);
  }
  return { exitCode: await ended, messages, lastWords: errors.join('').trim() };
}

const EVENTS = [
  { event: 'message', data: 'first', lastEventId: '1' },
  { event: 'price', data: '{"amount":7}', lastEventId: '2' },
  { event: 'message', data: 'two\nlines \u{1F30A}', lastEventId: '3' },
];

const WIRE = EVENTS.map(({ event, data, lastEventId }) => {
  const name = event === 'message' ? '' : `event: ${event}\n`;
  return `${name}id: ${lastEventId}\ndata: ${data.replaceAll('\n', '\ndata: ')}\n\n`;
});

/** The same stream from the servers that users have, each written as its manual says. */
const SERVERS: Record<string, () => RequestListener> = {
  'node:http': () => (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const text of WIRE) response.write(text);
  },
  Express: () =>
    express().get('/events', (_request, response) => {
      response.set('content-type', 'text/event-stream').flushHeaders();
      for (const text of WIRE) response.write(text);
    }),
  Hono: () => {
    const app = new Hono().get('/events', (context) =>
      streamSSE(context, async (stream) => {
        for (const { event, data, lastEventId: id } of EVENTS) {
          await stream.writeSSE({ data, id, ...(event !== 'message' && { event }) });
        }
        await new Promise<void>((resolve) => stream.onAbort(resolve));
      }),
    );
    return getRequestListener(app.fetch, { overrideGlobalObjects: false });
  },
};

describe('the packed package in Node', () => {
  test.each(Object.entries(SERVERS))('reads a stream of %s and ends', async (_name, listener) => {
    const port = await listen(listener());
    const { exitCode, messages, lastWords } = await readEvents(port, EVENTS.length);
    expect(messages).toEqual(EVENTS);
    expect(lastWords).toBe('aborted');
    expect(exitCode).toBe(0);
  });

  test('gets 1,000 events once each and in order over 200 cuts and a kill', PATIENT, async () => {
    let cuts = 0;
    /** Starts the server on the port, which is the same in both of its lives. */
    const startServer = async (port: number, last: number) => {
      const server = run(fileOf('numbered-server.mjs'), port, last, 100);
      if (server.stdout === null) throw new Error('The server has no output.');
      const lines = createInterface(server.stdout);
      lines.on('line', (line) => (cuts += Number(line.startsWith('cut'))));
      await new Promise<void>((resolve) => lines.once('line', () => resolve()));
      return server;
    };
    const port = await freePort();
    const firstLife = await startServer(port, 600);
    let secondLife: Promise<ChildProcess> | undefined;
    const { exitCode, messages } = await readEvents(port, 1000, (received) => {
      if (received !== 600) return;
      firstLife.once('exit', () => (secondLife = startServer(port, 1000)));
      firstLife.kill('SIGKILL');
    });
    await secondLife;
    expect(cuts).toBe(200);
    expect(exitCode).toBe(0);
    expect(messages).toEqual(
      Array.from({ length: 1000 }, (_, index) => ({
        event: 'message',
        data: `event ${index + 1} \u{1F30A}`,
        lastEventId: `${index + 1}`,
      })),
    );
  });
});

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const port = await listen(() => undefined);
  await Promise.all([...servers].map(stop));
  servers.clear();
  return port;
}
