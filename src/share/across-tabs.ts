import { type Environment, isolate } from '../core/environment.ts';
import { StreamError } from '../core/errors.ts';
import {
  type Connect,
  createConnection,
  type TransportOptions,
} from '../core/event-source/connection.ts';
import { mayRepeat } from '../core/lifecycle/retry.ts';
import { methodOf } from '../core/request/build-request.ts';
import type { UrlSource } from '../core/types.ts';
import { inPage, shareInPage, shareKeyOf } from './in-page.ts';
import { PROTOCOL_VERSION, type TabMessage } from './tab-messages.ts';
import { createTabConnection, type TabChannel } from './tab-protocol.ts';

declare const process: { readonly env: { readonly NODE_ENV?: string } };

/**
 * Shares one connection among all tabs of an origin, and within each tab, whose method, URL, body,
 * `key` and credentials are equal. The value of the option `share` of `useEventSource`.
 *
 * One tab leads and holds the connection; the others get its messages, status and errors. When it is
 * closed, left, frozen or hidden, or crashes, another one goes on after the last event id: each tab
 * gets every event once, provided that each event has an id of its own and the server resumes after
 * `Last-Event-ID`. A tab that joins later gets status and last event id, and no past messages.
 * `close()` detaches one subscription, `reconnect()` acts on all tabs; `pauseWhenHidden` pauses when
 * all are hidden. `onChunk` is called in the leading tab only, and the response that `onOpen` gets
 * elsewhere has status, headers and URL.
 *
 * Two tabs may belong to two users: with `headers`, `fetch`, `onUnauthorized` or a URL function the
 * option `key` is required, and has to tell users apart. What is a function is that of the leading tab.
 *
 * Works like {@link inPage} without Web Locks or BroadcastChannel (plain `http:` other than localhost,
 * servers, old browsers), where a required `key` is missing in production, and for requests that may
 * not be repeated, such as a POST.
 *
 * @throws StreamError `invalid-option`, in development, where a required `key` is missing.
 * @example
 * const { latest } = useEventSource('/api/notifications', { share: acrossTabs });
 */
export const acrossTabs: Connect = (environment, url, options, listener, initialLastEventId) => {
  const connect = isShareable(environment, url, options()) ? sharedByTabs : inPage;
  return connect(environment, url, options, listener, initialLastEventId);
};

const sharedByTabs: Connect = /* @__PURE__ */ shareInPage(connectTab);

function isShareable(
  environment: Environment,
  url: UrlSource | null,
  options: TransportOptions,
): boolean {
  const { headers, fetch, onUnauthorized } = options;
  // Who asks cannot be told from these.
  const reasons = { url: typeof url === 'function' || undefined, headers, fetch, onUnauthorized };
  const [reason] = Object.entries(reasons).filter(([, value]) => value !== undefined);
  const isKeyed = options.key !== undefined || reason === undefined;
  const hasMeans =
    typeof BroadcastChannel === 'function' && globalThis.navigator?.locks !== undefined;
  // Out here, since the `catch` is for runtimes without `process`. Bundlers drop what is inside.
  let mistake: StreamError | undefined;
  try {
    if (process.env.NODE_ENV !== 'production') {
      if (!isKeyed) {
        mistake = new StreamError(
          'invalid-option',
          `The option \`key\` is missing: \`acrossTabs\` requires it beside \`${reason?.[0]}\`.`,
        );
      }
      if (!hasMeans) {
        environment.warn(
          'rivulet: `acrossTabs` needs Web Locks and BroadcastChannel, which browsers have on `https:` and ' +
            'on localhost only. Here each page has its own connection.',
        );
      }
    }
  } catch {}
  if (mistake !== undefined) throw mistake;
  // Each change of the leader sends the request once more.
  return isKeyed && hasMeans && mayRepeat(methodOf(options), options.retry, false);
}

/** The connection of this tab to the others. */
function connectTab(...[environment, url, options, listener, lastEventId]: Parameters<Connect>) {
  const name = `rivulet ${PROTOCOL_VERSION} ${shareKeyOf(environment, url, options())}`;
  const { locks } = navigator;
  return createTabConnection(
    environment,
    {
      openChannel(hear): TabChannel {
        const channel = new BroadcastChannel(name);
        channel.onmessage = ({ data }: MessageEvent<TabMessage>) => hear(data);
        return { post: (message) => channel.postMessage(message), close: () => channel.close() };
      },
      requestLock(steals, held, lost) {
        let isWanted = true;
        let release: (() => void) | undefined;
        const controller = new AbortController();
        // A request that takes the lock cannot have a signal.
        const how = steals ? { steal: true } : { signal: controller.signal };
        const hold = () =>
          new Promise<void>((resolve) => {
            release = resolve;
            // What it throws must not let go of the lock.
            if (isWanted) isolate(environment, held);
            else resolve();
          });
        const request = async () => locks.request(name, how, hold);
        request().catch(() => {
          if (!isWanted) return;
          // Refused and never held, as in a sandboxed frame: there this page is alone.
          if (release) lost();
          else held();
        });
        return () => {
          isWanted = false;
          release?.();
          controller.abort();
        };
      },
      connect: (leading, id) => createConnection(environment, url, options, leading, id),
    },
    listener,
    lastEventId,
  );
}
