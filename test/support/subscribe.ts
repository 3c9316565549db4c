import {
  createEventSource,
  type EventSourceController,
  type EventSourceOptions,
} from 'rivulet/core';
import type { MockResponder, RecordedRequest, TestEnvironmentOptions } from 'rivulet/testing';
import { type CallbackLog, createCallbackLog } from './callback-log.ts';
import { createMockServer, type MockServer } from './mock-server.ts';

/** A started subscription with its server, its clock and a log of its callbacks. */
export interface Subscription {
  readonly server: MockServer;
  readonly environment: MockServer['environment'];
  readonly requests: readonly RecordedRequest[];
  readonly source: EventSourceController;
  readonly snapshot: EventSourceController['getSnapshot'];
  readonly log: CallbackLog;
}

/** What a server answers; `undefined` for a stream that a test writes. */
export type Respond = (...call: Parameters<MockResponder>) => ReturnType<MockResponder> | undefined;

/** Where a subscription lives, and what it asks for: by default `/events`. */
export interface Place extends TestEnvironmentOptions {
  readonly url?: string;
}

/** Subscribes and lets the first request be answered. */
export async function subscribe(
  options: EventSourceOptions = {},
  respond: Respond = () => undefined,
  { url = '/events', ...page }: Place = {},
): Promise<Subscription> {
  const server = createMockServer(respond, page);
  const log = createCallbackLog();
  const { environment, requests } = server;
  const source = createEventSource(url, { environment, ...log.callbacks, ...options });
  source.start();
  await environment.settle();
  return { server, environment, requests, source, snapshot: source.getSnapshot, log };
}

/** The first request meets this; later ones get a stream. */
export function atFirst(answer: () => Response): Respond {
  return (_, index) => (index === 0 ? answer() : undefined);
}

/** Every request meets this. */
export function always(status: number, headers: Record<string, string> = {}): Respond {
  return () => new Response('', { status, headers });
}

/** Writes to the newest stream and lets it be read. */
export async function send({ server }: Subscription, text: string): Promise<void> {
  server.stream.write(text);
  await server.environment.settle();
}

/** Breaks the newest stream and lets that be noticed. */
export async function drop({ server }: Subscription): Promise<void> {
  server.stream.fail();
  await server.environment.settle();
}
