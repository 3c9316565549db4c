import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { type Route, type StreamServer, startStreamServer } from '../support/stream-server.ts';
import { pageRoutes } from '../support/test-page.ts';
import type { Engine, EnginePage } from './drivers/driver.ts';
import { startEngine } from './engine.ts';
import type { EngineLog } from './page.tsx';

/** A page over a server of its own, in the engine of this project. */
export function withStage() {
  let engine: Engine;
  let pages: Record<string, Route>;
  let server: StreamServer | undefined;
  let page: EnginePage | undefined;
  beforeAll(async () => {
    pages = await pageRoutes('../../engines/page.tsx');
    engine = await startEngine();
  });
  afterAll(() => engine?.close());
  afterEach(async () => {
    await server?.stop();
    await page?.close();
    server = undefined;
    page = undefined;
  });
  return {
    /** Opens the page, and calls one of its functions. */
    async show(routes: Record<string, Route>, call: string) {
      const started = await startStreamServer({ ...pages, ...routes });
      server = started;
      const opened = await engine.open();
      page = opened;
      await opened.navigate(`${started.origin}/`);
      const run = <TValue>(expression: string) => opened.evaluate<TValue>(expression);
      await vi.waitFor(async () => expect(await run('typeof subscribe')).toBe('function'), WAIT);
      await run(`(${call}, null)`);
      await vi.waitFor(async () => expect(await run('window.isMounted === true')).toBe(true), WAIT);
      return {
        server: started,
        page: opened,
        run,
        /** Waits until what the page has seen meets the expectations. */
        seen: (meets: (log: EngineLog) => void) =>
          vi.waitFor(async () => meets(await run<EngineLog>('log')), WAIT),
      };
    },
  };
}

/** A busy machine is many times slower. */
export const WAIT = { timeout: 40_000, interval: 50 };
