import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { type Route, type StreamServer, startStreamServer } from '../support/stream-server.ts';
import { pageRoutes } from '../support/test-page.ts';
import type { Engine, EnginePage } from './drivers/driver.ts';
import { startEngine, whyNot } from './engine.ts';
import type { EngineLog } from './page.tsx';

/** A busy machine is many times slower. */
const TIMEOUT_MS = 40_000;
const INTERVAL_MS = 50;

/** Waited for in vain: nothing can make it hold any more. */
class Hopeless extends Error {}

/**
 * Waits until something holds; gives what it gives. It waits long, since a busy machine is many times
 * slower, but not once `isHopeless` says that nothing will change any more.
 */
export async function eventually<TValue>(
  holds: () => TValue | Promise<TValue>,
  isHopeless: () => boolean = () => false,
): Promise<TValue> {
  const end = performance.now() + TIMEOUT_MS;
  for (;;) {
    try {
      return await holds();
    } catch (error) {
      if (error instanceof Hopeless || isHopeless() || performance.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
}

/** One page, and what it has seen. */
export interface Tab {
  readonly page: EnginePage;
  run<TValue>(expression: string): Promise<TValue>;
  /**
   * Waits until what the page has seen meets the expectations. When every hook is at its end they
   * are met at once or never.
   */
  seen(meets: (log: EngineLog) => void): Promise<void>;
  /** Calls a function of the page once it is loaded, and waits until what it mounts is there. */
  call(call: string): Promise<void>;
}

/** What a scenario has in its hands. */
export interface Scene extends Tab {
  readonly engine: Engine;
  readonly server: StreamServer;
  /** Opens the page once more, and calls one of its functions. */
  openTab(call: string): Promise<Tab>;
}

/**
 * A page over a server of its own, in the engine of this project. Scenarios that need what the engine
 * cannot do are skipped, with the reason.
 */
export function withStage() {
  let engine: Engine;
  let server: StreamServer | undefined;
  const open = new Set<EnginePage>();
  const pages = new Map<string, Promise<Record<string, Route>>>();

  /** The page, with the library and React as they are in development or in production. */
  function routesOf(mode: string): Promise<Record<string, Route>> {
    const routes = pages.get(mode) ?? pageRoutes('../../engines/page.tsx', mode);
    pages.set(mode, routes);
    return routes;
  }

  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine?.close());
  beforeEach(({ task, skip }) => {
    const reason = whyNot(task.name);
    skip(reason !== undefined, reason);
  });
  afterEach(async () => {
    await server?.stop();
    for (const page of open) await page.close();
    server = undefined;
  });
  async function openTab(origin: string, call: string): Promise<Tab> {
    const opened = await engine.open();
    const page: EnginePage = {
      ...opened,
      async close() {
        open.delete(page);
        await opened.close();
      },
    };
    open.add(page);
    await page.navigate(`${origin}/`);
    const run = <TValue>(expression: string) => page.evaluate<TValue>(expression);
    const tab: Tab = {
      page,
      run,
      async call(wanted) {
        await eventually(async () => expect(await run('typeof log')).toBe('object'));
        await run(`(${wanted}, null)`);
        await eventually(async () => {
          const [isMounted, uncaught] = await run<[boolean, string[]]>('[isMounted, log.uncaught]');
          if (uncaught.length > 0) throw new Hopeless(uncaught.join('\n'));
          expect(isMounted).toBe(true);
        });
      },
      async seen(meets) {
        let isOver = false;
        await eventually(
          async () => {
            const log = await run<EngineLog>('readLog()');
            ({ isOver } = log);
            if (log.uncaught.length > 0) throw new Hopeless(log.uncaught.join('\n'));
            meets(log);
          },
          () => isOver,
        );
      },
    };
    await tab.call(call);
    return tab;
  }

  return {
    /** Opens the page, and calls one of its functions. */
    async show(
      routes: Record<string, Route>,
      call: string,
      mode: 'development' | 'production' = 'development',
    ): Promise<Scene> {
      const started = await startStreamServer({ ...(await routesOf(mode)), ...routes });
      server = started;
      const tab = await openTab(started.origin, call);
      return {
        ...tab,
        engine,
        server: started,
        openTab: (wanted) => openTab(started.origin, wanted),
      };
    },
  };
}
