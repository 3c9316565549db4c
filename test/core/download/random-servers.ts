import * as fc from 'fast-check';
import { createDownload } from 'rivulet/core';
import { createTestEnvironment } from 'rivulet/testing';
import { expect } from 'vitest';

/*
 * Over random servers: a download that says `done` has exactly the bytes of the file. The servers tell
 * lengths, hide them or name wrong ones, cap ranges, drop connections, encode bodies, change the file.
 */

/** Far more than any of these servers needs. */
const MAX_REQUESTS = 200;

/** How one request is met. */
const turn = fc.record({
  fault: fc.oneof(
    { weight: 5, arbitrary: fc.constant('none' as const) },
    fc.constantFrom('refuse', 'cut', 'break', 'status' as const),
  ),
  /** Where a body is cut, as a share of it. */
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  /** How many bytes of a range are given at most. */
  cap: fc.option(fc.integer({ min: 100, max: 400 }), { nil: Infinity }),
  /** How many bytes earlier than asked (or later, if negative) a range begins. */
  early: fc.oneof({ weight: 6, arbitrary: fc.constant(0) }, fc.integer({ min: -3, max: 5 })),
  /** Whether the file changes before this request. */
  changes: fc.oneof({ weight: 8, arbitrary: fc.constant(false) }, fc.constant(true)),
  pieces: fc.integer({ min: 1, max: 5 }),
});

const server = fc.record({
  length: fc.integer({ min: 0, max: 1000 }),
  isCors: fc.boolean(),
  exposesRange: fc.boolean(),
  ranges: fc.boolean(),
  etag: fc.constantFrom('strong', 'weak', 'none', 'hidden'),
  tellsComplete: fc.boolean(),
  tellsLength: fc.boolean(),
  /** What the size header names, apart from the size. */
  size: fc.constantFrom(null, 0, 0, 1, 50),
  /** Bodies that are no ranges are encoded where the client takes it. */
  gzip: fc.boolean(),
  coding: fc.constantFrom(null, '', 'identity', 'aws-chunked'),
  turns: fc.array(turn, { minLength: 1, maxLength: 12 }),
});
type Server = typeof server extends fc.Arbitrary<infer TServer> ? TServer : never;

/** The bytes of a version of the file; no two versions agree anywhere. */
function fileOf(length: number, version: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(
    { length },
    (_, index) => (index * 7 + version * 101 + (index >> 8)) % 251,
  );
}

interface Request {
  readonly range: number | null;
  readonly ifRange: string | null;
}

/** Answers as such a server does; `null` for no answer. */
function answer(of: Server, index: number, version: number, { range, ifRange }: Request) {
  const step = of.turns[index] ?? { ...of.turns[0], fault: 'none', early: 0, at: 1, pieces: 2 };
  const { fault = 'none', at = 1, early = 0, pieces = 1, cap = Infinity } = step;
  if (fault === 'refuse') return null;
  if (fault === 'status') return { status: 503, headers: {}, body: [], breaks: false };
  const file = fileOf(of.length, version);
  const etag = `"v${version}"`;
  const headers: Record<string, string> = { 'content-type': 'application/octet-stream' };
  if (of.etag === 'strong') headers['etag'] = etag;
  if (of.etag === 'weak') headers['etag'] = `W/${etag}`;
  const isCurrent = ifRange === null || ifRange === etag;
  let status = 200;
  let body = file;
  let isCoded = false;
  if (of.ranges && range !== null && isCurrent) {
    const complete = of.tellsComplete ? String(file.length) : '*';
    if (range >= file.length) {
      if (!of.isCors || of.exposesRange) headers['content-range'] = `bytes */${file.length}`;
      return { status: 416, headers, body: [], breaks: false };
    }
    const first = Math.max(0, Math.min(range - early, file.length - 1));
    const last = Math.min(file.length - 1, first + cap - 1);
    status = 206;
    body = file.slice(first, last + 1);
    if (!of.isCors || of.exposesRange)
      headers['content-range'] = `bytes ${first}-${last}/${complete}`;
  } else if (of.gzip && range === null) {
    isCoded = true;
  }
  if (of.size !== null) headers['x-size'] = String(file.length + of.size);
  if (isCoded) {
    // What fetch gives out is decoded; the length is that of the encoded bytes.
    if (!of.isCors) headers['content-encoding'] = 'gzip';
    if (of.tellsLength) headers['content-length'] = String(Math.ceil(body.length / 2));
  } else {
    if (of.coding !== null) headers['content-encoding'] = of.coding;
    if (of.tellsLength) headers['content-length'] = String(body.length);
  }
  const isCut = fault === 'cut' || fault === 'break';
  const length = isCut ? Math.floor(at * body.length) : body.length;
  // A clean end of a cut body is told only where something tells it: a length, or a size.
  const tells =
    (of.tellsLength && !isCoded && (!of.isCors || range !== null)) ||
    of.size !== null ||
    status === 206;
  const breaks = fault === 'break' || (isCut && !tells);
  const cut = body.slice(0, length);
  const parts = Array.from({ length: pieces }, (_, piece) =>
    cut.slice(Math.floor((piece * length) / pieces), Math.floor(((piece + 1) * length) / pieces)),
  );
  return { status, headers, body: parts.filter((part) => part.length > 0), breaks };
}

async function downloadFrom(of: Server) {
  let version = 0;
  let requests = 0;
  const environment = createTestEnvironment({ baseUrl: 'http://page.test/' });
  const job = createDownload(of.isCors ? 'http://other.test/file' : '/file', {
    environment: { ...environment, warn: () => {} },
    as: 'bytes',
    resumable: true,
    sizeHeader: 'x-size',
    retry: { baseDelayMs: 1, maxAttempts: 5 },
    async fetch(_url, init) {
      const sent = new Headers(init.headers);
      const range = /^bytes=(\d+)-$/.exec(sent.get('range') ?? '')?.[1];
      const index = requests;
      requests += 1;
      // A loop without an end would hang the test.
      if (requests > MAX_REQUESTS) return new Promise(() => {});
      if (of.turns[index]?.changes) version += 1;
      const met = answer(of, index, version, {
        range: range === undefined ? null : Number(range),
        ifRange: sent.get('if-range'),
      });
      if (met === null) throw new TypeError('Failed to fetch');
      const chunks = [...met.body];
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          const chunk = chunks.shift();
          if (chunk !== undefined) controller.enqueue(chunk);
          else if (met.breaks) controller.error(new TypeError('terminated'));
          else controller.close();
        },
      });
      const response = new Response(body, { status: met.status, headers: met.headers });
      if (of.isCors) Object.defineProperty(response, 'type', { value: 'cors' });
      return response;
    },
  });
  const end = job.start();
  for (let turns = 0; turns < 400 && job.getSnapshot().readyState !== 2; turns += 1) {
    await environment.advance(1000);
  }
  expect(job.getSnapshot().readyState, 'it ends').toBe(2);
  return { last: await end, version, requests, left: environment.pending() };
}

/** Runs the property, and says how many downloads ended how. */
export async function checkRandomServers(numRuns: number): Promise<ReadonlyMap<string, number>> {
  const seen = new Map<string, number>();
  await fc.assert(
    fc.asyncProperty(server, async (of) => {
      const { last, version, requests, left } = await downloadFrom(of);
      seen.set(last.status, (seen.get(last.status) ?? 0) + 1);
      expect(left).toEqual({ timers: 0, listeners: 0 });
      expect(requests).toBeLessThan(MAX_REQUESTS);
      if (last.status !== 'done') return;
      const versions = Array.from({ length: version + 1 }, (_, each) => fileOf(of.length, each));
      expect(versions).toContainEqual(last.result);
      expect([last.loaded, last.total, last.progress]).toEqual([of.length, of.length, 1]);
    }),
    { numRuns },
  );
  return seen;
}
