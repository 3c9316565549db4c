import type { ServerExampleName } from '../support/server-example.ts';
import { EXPECTATIONS, type Expectation } from './expectations.ts';

/** An example in front of the server file that serves its default URL. */
interface Served extends Expectation {
  readonly server: ServerExampleName;
}

const actOf = (name: string) => {
  const act = EXPECTATIONS[name]?.act;
  return act && { act };
};

/** The lines of the log that is tailed. */
export const LOG_LINES = ['INFO  started', 'WARN  the meadow is flooded', 'INFO  drained'];

/**
 * Which file of `stories/server-examples` serves an example, unchanged as it is copied, and what the
 * example shows then. The guide "Servers" and the head of each server file name the same.
 */
export const SERVED: Readonly<Record<string, Served>> = {
  'character-stream': {
    server: 'express',
    shows: /done\s+48 characters\s+Streams tell their story one letter at a time\. ♪/,
  },
  chat: {
    server: 'express',
    ...actOf('chat'),
    shows: /You:\s*Why\?.*Assistant:\s*You asked about “Why\?”\..*That was all\./s,
  },
  'latest-wins': {
    server: 'express',
    ...actOf('latest-wins'),
    shows: /about “lakes”.*lakes: done/s,
  },
  'post-subscription': {
    server: 'express',
    ...actOf('post-subscription'),
    shows: /done.*You asked: "Why\?"\. That is a question of 4 letters\..*"client": "rivulet"/s,
  },
  'shared-notifications': {
    server: 'express',
    shows: /Inbox 1 open\s+Your export is ready.*Inbox 4 open\s+Your export is ready/s,
  },
  'streamed-answer': {
    server: 'express',
    ...actOf('streamed-answer'),
    shows: /done.*about “tides”.*Complete:/s,
  },
  'log-lines': {
    server: 'fastify',
    ...actOf('log-lines'),
    shows: /done\s+10 lines.*> install.*publish: done/s,
  },
  'post-and-listen': {
    server: 'fastify',
    ...actOf('post-and-listen'),
    shows: /open\s+Notes, newest last\s+The ferry is late/,
  },
  'event-feed': { server: 'node-http', shows: /open.*\d{4}-\d\d-\d\dT.*00:0[1-9]/s },
  'job-progress': { server: 'node-http', shows: /done.*Finished.*open → done/s },
  'reconnecting-feed': { server: 'node-http', shows: /Gaps\s+none.*1 2 3 4 5 6/s },
  'background-download': {
    server: 'hono',
    ...actOf('background-download'),
    shows: /done\s+soundings\.csv, 100%/,
  },
  'download-button': {
    server: 'hono',
    ...actOf('download-button'),
    shows: /levels\.csv\s+Complete\s+240 kB of 240 kB \(100%\)/,
  },
  'download-queue': {
    server: 'hono',
    ...actOf('download-queue'),
    shows: /0\.72 MB of 0\.72 MB\s+Gauges done\s+Levels done\s+Soundings done/,
  },
  'ndjson-table': {
    server: 'hono',
    ...actOf('ndjson-table'),
    shows: /done\s+40 rows, 0 refused.*40\s+Yukon/s,
  },
  'provider-chat': {
    server: 'hono',
    ...actOf('provider-chat'),
    shows: /done.*You asked: Where do rivers begin\? This answer came in the form of OpenAI\./s,
  },
  ticker: { server: 'hono', shows: /market (open|auction)\s+RVLT \d+\.\d\d.*\d+ shares/s },
  'file-slices': {
    server: 'nestjs',
    shows: /done attempt 1\s+([1-9]\d*) of \1 slices, \d+ bytes, sent twice: 0\s+Save nestjs/,
  },
  'log-tail': {
    server: 'nestjs',
    shows: /open 3 lines shown.*1\s+INFO\s+started.*3\s+INFO\s+drained/s,
  },
};
