import { createRoot, type Root } from 'react-dom/client';
import { type EventSourceOptions, type Status, useEventSource } from 'rivulet';

/** What the page has seen of its subscription. Survives the back/forward cache, not a reload. */
export interface Seen {
  readonly numbers: number[];
  readonly origins: string[];
  readonly statuses: Status[];
  readonly errors: { readonly code: string; readonly message: string }[];
  /** Events of the page itself that decide about recovery. */
  readonly pageEvents: string[];
}

declare global {
  interface Window {
    readonly seen: Seen;
    /** Mounts a component that subscribes. */
    subscribe(url: string, options?: EventSourceOptions): void;
    unmount(): void;
  }
}

const seen: Seen = { numbers: [], origins: [], statuses: [], errors: [], pageEvents: [] };
let root: Root | undefined;

function Feed({ url, options }: { readonly url: string; readonly options: EventSourceOptions }) {
  const { status, data } = useEventSource(url, {
    retry: { baseDelayMs: 1 },
    ...options,
    onMessage(message) {
      seen.numbers.push(Number(message.data));
      seen.origins.push(message.origin);
    },
    onStatusChange: (next) => void seen.statuses.push(next),
    onError: ({ code, message }) => void seen.errors.push({ code, message }),
  });
  return (
    <p>
      {status} {data}
    </p>
  );
}

for (const type of ['online', 'offline', 'pagehide', 'pageshow'] as const) {
  addEventListener(type, (event) => {
    const persisted = event instanceof PageTransitionEvent && event.persisted;
    seen.pageEvents.push(persisted ? `${type} persisted` : type);
  });
}
for (const type of ['freeze', 'resume']) {
  document.addEventListener(type, () => seen.pageEvents.push(type));
}

Object.assign(window, {
  seen,
  subscribe(url: string, options: EventSourceOptions = {}) {
    root = createRoot(document.body.appendChild(document.createElement('main')));
    root.render(<Feed url={url} options={options} />);
  },
  unmount: () => root?.unmount(),
});
