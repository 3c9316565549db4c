import {
  createEventSource,
  type EventSourceController,
  type EventSourceOptions,
  type UrlSource,
} from 'rivulet/core';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { createRealTimeEnvironment, type RealTimeEnvironment } from './real-time-environment.ts';
import {
  expectAllClosed,
  type Route,
  type StreamServer,
  startStreamServer,
} from './stream-server.ts';

/** The server of a test, which answers `/`, and the subscriptions to it. */
export interface WireScene {
  readonly server: StreamServer;
  readonly environment: RealTimeEnvironment;
  /** Starts the server, on a free port or the one given. */
  serve(route: Route, port?: number): Promise<void>;
  /** Makes a subscription, not started. */
  create(options?: EventSourceOptions, path?: string): EventSourceController;
  /** Makes a subscription to what a function gives, not started. */
  createFrom(url: UrlSource, options?: EventSourceOptions): EventSourceController;
  /** Starts the server and a subscription. */
  subscribe(
    route: Route,
    options?: EventSourceOptions,
    path?: string,
  ): Promise<EventSourceController>;
  /** Waits until all is over on both sides, after so many requests. */
  expectOver(requests: number): Promise<void>;
}

/**
 * A scene for each test of a file: whatever a test leaves open is closed after it, and then nothing
 * may be left, at the server or here.
 */
export function createWireScene(): WireScene {
  let server: StreamServer | undefined;
  let environment = createRealTimeEnvironment();
  let sources: EventSourceController[] = [];

  beforeEach(() => {
    environment = createRealTimeEnvironment();
  });

  afterEach(async () => {
    for (const source of sources) source.close();
    sources = [];
    if (server === undefined) return;
    try {
      await expectNothingLeft();
    } finally {
      await server.stop();
      server = undefined;
    }
  });

  async function expectNothingLeft(): Promise<void> {
    await expectAllClosed(scene.server);
    await vi.waitFor(() => expect(environment.pending()).toEqual({ timers: 0, listeners: 0 }), {
      timeout: 30_000,
      interval: 5,
    });
  }

  const scene: WireScene = {
    get server() {
      if (server === undefined) throw new Error('No server was started.');
      return server;
    },
    get environment() {
      return environment;
    },
    async serve(route, port) {
      server = await startStreamServer({ '/': route }, port);
    },
    create: (options, path = '/') => scene.createFrom(scene.server.url(path), options),
    createFrom(url, options = {}) {
      const source = createEventSource(url, { environment, ...options });
      sources.push(source);
      return source;
    },
    async subscribe(route, options, path) {
      await scene.serve(route);
      const source = scene.create(options, path);
      source.start();
      return source;
    },
    async expectOver(requests) {
      await expectNothingLeft();
      expect(await environment.fetchCalls()).toBe(requests);
      expect(scene.server.requests('/')).toHaveLength(requests);
    },
  };
  return scene;
}
