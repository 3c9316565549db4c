import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { type DemoEnv, lastEventIdOf, resumedByOf } from './demo-request.ts';
import { countRequest, createDemoState, type DemoState } from './demo-state.ts';
import { answerRoutes } from './routes/answers.ts';
import { brokenRoutes } from './routes/broken.ts';
import { callerRoutes } from './routes/callers.ts';
import { clockRoutes } from './routes/clock.ts';
import { documentRoutes } from './routes/documents.ts';
import { essayRoutes } from './routes/essays.ts';
import { feedRoutes } from './routes/feeds.ts';
import { fileRoutes } from './routes/files.ts';
import { guideRoutes } from './routes/guides.ts';
import { inboxRoutes } from './routes/inboxes.ts';
import { providerRoutes } from './routes/providers.ts';
import { sliceRoutes } from './routes/slices.ts';
import { troubleRoutes } from './routes/troubles.ts';

/** The demo server, and what it remembers. */
export interface DemoApp {
  readonly app: Hono<DemoEnv>;
  readonly state: DemoState;
}

/** Paths that concern a stream without being requests of it. */
const ASIDES = /^\/api\/(stats|token|files\/asked|laboratory\/\w+)$/;

/** Whose record a request without `?id=` is about: that of its path. */
function defaultIdOf(path: string): string {
  return path === '/api/token' ? '/api/private' : path;
}

/**
 * The server behind all stories, under `/api/`. It runs over node:http, in Vite and in a service
 * worker, so it uses nothing that one of them lacks.
 *
 * `?id=` separates one visitor from another: counters, failures and tokens are kept for each id
 * (default: one for each path). `GET /api/stats?id=` tells what happened to an id so far.
 */
export function createDemoApp(): DemoApp {
  const state = createDemoState();
  const app = new Hono<DemoEnv>();
  app.use(cors());
  app.use('/api/*', async (context, next) => {
    const record = state.of(context.req.query('id') ?? defaultIdOf(context.req.path));
    if (!ASIDES.test(context.req.path)) {
      countRequest(record, lastEventIdOf(context), resumedByOf(context));
    }
    context.set('record', record);
    await next();
  });
  app.get('/api/stats', (context) => {
    const { requests, open, lastEventIds, resumedBy } = context.get('record');
    return context.json({ requests, open, lastEventIds, resumedBy });
  });
  const groups = [
    clockRoutes(),
    feedRoutes(),
    troubleRoutes(),
    callerRoutes(),
    answerRoutes(),
    documentRoutes(),
    fileRoutes(),
    essayRoutes(),
    inboxRoutes(),
    sliceRoutes(),
    guideRoutes(),
    providerRoutes(),
    brokenRoutes(),
  ];
  for (const routes of groups) app.route('/api', routes);
  return { app, state };
}
