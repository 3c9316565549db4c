import type { ServerResponse } from 'node:http';
import { numberedEvents, openEventStream, type Route } from './stream-server.ts';

/** A resuming stream of numbered events that a test publishes by hand. */
export interface NumberedFeed {
  readonly route: Route;
  /** Publishes the next numbers: to everyone who listens, and to those who resume later. */
  publish(count: number): void;
  /** Responses that are open. */
  live(): number;
  /** Breaks every connection. */
  cut(): void;
  /** Ends every response cleanly. */
  end(): void;
}

/** How the page that is served may ask from another origin. */
export interface CorsAnswers {
  /** `Access-Control-Allow-Origin`, and with an origin of its own also `Allow-Credentials`. */
  readonly origin: string;
  /** Headers that a preflight allows; without them the preflight is refused. */
  readonly allowHeaders?: string;
}

/**
 * A feed that goes on after `Last-Event-ID`, or after `?last_event_id=`, and else begins at 1. It
 * answers other origins only if told how.
 */
export function createNumberedFeed(cors?: CorsAnswers): NumberedFeed {
  const listeners = new Set<ServerResponse>();
  let published = 0;

  return {
    route({ request, response, resumesAfter }) {
      if (cors !== undefined) {
        response.setHeader('access-control-allow-origin', cors.origin);
        if (cors.origin !== '*') response.setHeader('access-control-allow-credentials', 'true');
      }
      if (request.method === 'OPTIONS') {
        const headers = cors?.allowHeaders;
        const allowed = headers !== undefined && { 'access-control-allow-headers': headers };
        response.writeHead(allowed ? 204 : 405, allowed || {}).end();
        return;
      }
      openEventStream(response);
      const { searchParams } = new URL(request.url, 'http://localhost');
      const after = resumesAfter || Number(searchParams.get('last_event_id') ?? 0);
      response.write(`: connected\n\n${numberedEvents(after + 1, published)}`);
      listeners.add(response);
      response.once('close', () => listeners.delete(response));
    },
    publish(count) {
      const text = numberedEvents(published + 1, published + count);
      published += count;
      for (const response of listeners) response.write(text);
    },
    live: () => listeners.size,
    cut() {
      for (const response of listeners) response.destroy();
    },
    end() {
      for (const response of listeners) response.end();
      // What is published meanwhile is not for them.
      listeners.clear();
    },
  };
}
