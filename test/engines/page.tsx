import { type Reading, reading, startCounting } from './meter.ts';

// The meter stands first: React tells it of commits only if it is there when React loads.

import { Activity, StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import {
  type DownloadOptions,
  type EventSourceOptions,
  type StreamingFetchOptions,
  useDownload,
  useEventSource,
  useStreamingFetch,
} from 'rivulet';
import { acrossTabs } from 'rivulet/share';

/** What the page has seen. Survives the back/forward cache, not a reload. */
export interface EngineLog extends Reading {
  readonly numbers: number[];
  readonly statuses: string[];
  readonly errors: string[];
  /** The messages of the errors. */
  readonly messages: string[];
  /** What the library told the developer. */
  readonly warnings: string[];
  /** Events of the page itself. */
  readonly pageEvents: string[];
  /** What nobody caught. */
  readonly uncaught: string[];
  /** The status that is rendered, by URL. */
  readonly shown: Readonly<Record<string, string>>;
  readonly text: string;
  readonly endedBy: string | null;
  readonly loaded: number;
  readonly restarted: boolean;
  /** Pieces of a body that this page itself received. */
  readonly chunks: number;
  /** The longest time between two messages, in ms. */
  readonly longestSilence: number;
  /** Whether every hook is at its end, and shows it: then nothing here changes any more. */
  readonly isOver: boolean;
}

/** What all results have in common. */
interface Result {
  readonly status: string;
  readonly endedBy?: string | null;
}

const log = {
  numbers: [] as number[],
  statuses: [] as string[],
  errors: [] as string[],
  messages: [] as string[],
  warnings: [] as string[],
  pageEvents: [] as string[],
  uncaught: [] as string[],
  shown: {} as Record<string, string>,
  text: '',
  endedBy: null as string | null,
  loaded: 0,
  restarted: false,
  chunks: 0,
  longestSilence: 0,
};
let heardAt = performance.now();
/** What each hook returned last, by URL. */
const hooks: Record<string, Result> = {};

const watch = {
  onStatusChange: (status: string) => void log.statuses.push(status),
  onError({ code, message }: { readonly code: string; readonly message: string }) {
    log.errors.push(code);
    log.messages.push(message);
    // Survives a reload, as the log does not.
    sessionStorage.setItem('errors', `${sessionStorage.getItem('errors') ?? ''} ${code}`);
  },
};

/** Notes what a hook returned once it is committed. */
function useNote<TResult extends Result>(url: string, result: TResult): TResult {
  useEffect(() => {
    hooks[url] = result;
    log.shown[url] = result.status;
    log.endedBy = result.endedBy ?? null;
    Object.assign(window, { hook: result });
  });
  return result;
}

interface Props<TOptions> {
  readonly url: string;
  readonly options: TOptions;
}

function Feed({ url, options }: Props<EventSourceOptions>) {
  const { data, messages, dropped } = useNote(
    url,
    useEventSource(url, {
      retry: { baseDelayMs: 1 },
      ...options,
      ...watch,
      onMessage({ data: number }) {
        log.numbers.push(Number(number));
        log.longestSilence = Math.max(log.longestSilence, performance.now() - heardAt);
        heardAt = performance.now();
      },
      onChunk: () => void (log.chunks += 1),
    }),
  );
  return <p>{`${messages.length + dropped} ${data}`}</p>;
}

function Answer({ url, options }: Props<StreamingFetchOptions>) {
  const { text, bytesReceived } = useNote(
    url,
    useStreamingFetch(url, {
      autoStart: true,
      ...options,
      ...watch,
      onMessage: ({ data }) => void log.numbers.push(Number(data)),
    }),
  );
  useEffect(() => {
    log.text = text;
    log.loaded = bytesReceived;
  });
  return <p>{text}</p>;
}

function Download({ url, options }: Props<DownloadOptions>) {
  const job = useNote(url, useDownload(url, { ...options, ...watch }));
  useEffect(() => {
    log.loaded = job.loaded;
    log.restarted = job.restarted;
  });
  return <progress aria-label={url} value={job.progress ?? undefined} />;
}

/** Stands last, so that its effect runs after those of the hooks. */
function Mounted() {
  useEffect(() => {
    Object.assign(window, { isMounted: true });
  });
  return null;
}

const root = createRoot(document.body.appendChild(document.createElement('main')));
let content: React.ReactNode;

function render(mode: 'visible' | 'hidden'): void {
  root.render(
    <StrictMode>
      <Activity mode={mode}>{content}</Activity>
      <Mounted />
    </StrictMode>,
  );
}

function mount(element: React.ReactNode): void {
  content = element;
  startCounting();
  render('visible');
}

for (const type of ['beforeunload', 'pagehide', 'pageshow'] as const) {
  // A standing listener for this one keeps a page out of the cache of Firefox, but so does a stream.
  addEventListener(type, (event) => {
    const persisted = event instanceof PageTransitionEvent && event.persisted;
    log.pageEvents.push(persisted ? `${type} persisted` : type);
  });
}
const warn = console.warn;
console.warn = (message: unknown, ...others: unknown[]) => {
  log.warnings.push(String(message));
  warn(message, ...others);
};
addEventListener('error', ({ message }) => void log.uncaught.push(message));
addEventListener('unhandledrejection', ({ reason }) => void log.uncaught.push(String(reason)));

function readLog(): EngineLog {
  const statuses = Object.values(log.shown);
  const isOver =
    statuses.every((status) => ['done', 'failed', 'aborted'].includes(status)) &&
    statuses.includes(log.statuses.at(-1) ?? '');
  return { ...log, ...reading(), isOver };
}

Object.assign(window, {
  log,
  hooks,
  readLog,
  isMounted: false,
  subscribe: (url: string, options = {}) => mount(<Feed url={url} options={options} />),
  /** Subscribes together with all tabs. */
  subscribeWithTabs: (url: string, options = {}) =>
    mount(<Feed url={url} options={{ share: acrossTabs, ...options }} />),
  /** Subscribes to many. */
  subscribeAll: (urls: string[], options = {}) =>
    mount(urls.map((url) => <Feed key={url} url={url} options={options} />)),
  ask: (url: string, options = {}) => mount(<Answer url={url} options={options} />),
  download: (url: string, options = {}) => mount(<Download url={url} options={options} />),
  /** Hides what is mounted, or shows it again, as `<Activity>` does. */
  activity: render,
  unmount: () => root.unmount(),
});
