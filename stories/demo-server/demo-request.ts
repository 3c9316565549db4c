import type { Context } from 'hono';
import type { ResumedBy, StreamRecord } from './demo-state.ts';

/** What the routes find in their context. */
export interface DemoEnv {
  /** Under Node the response object; nothing in a service worker. */
  Bindings: { outgoing?: { destroy(): unknown } };
  Variables: { record: StreamRecord };
}

/** The context of every route. */
export type DemoContext = Context<DemoEnv>;

/** A query parameter that is a number of at least 0, else the fallback. */
export function numberOf(context: DemoContext, name: string, fallback: number): number {
  const text = context.req.query(name) ?? '';
  const value = text === '' ? Number.NaN : Number(text);
  return value >= 0 ? value : fallback;
}

/** The id a client resumes from, by header or by query; empty when it starts afresh. */
export function lastEventIdOf(context: DemoContext): string {
  return context.req.query('last_event_id') ?? context.req.header('Last-Event-ID') ?? '';
}

/** How that id came. */
export function resumedByOf(context: DemoContext): ResumedBy {
  if (context.req.query('last_event_id') !== undefined) return 'query';
  return context.req.header('Last-Event-ID') === undefined ? '' : 'header';
}

/** The number after the one a client saw last; ids of the demo streams are numbers from 1. */
export function nextNumberOf(context: DemoContext): number {
  const seen = Number.parseInt(lastEventIdOf(context), 10);
  return Number.isNaN(seen) ? 1 : seen + 1;
}
