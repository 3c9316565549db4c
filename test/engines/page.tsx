import { StrictMode, useEffect } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import {
  type DownloadOptions,
  type EventSourceOptions,
  type StreamingFetchOptions,
  useDownload,
  useEventSource,
  useStreamingFetch,
} from 'rivulet';

/** What one hook of the page has seen. */
export interface EngineLog {
  readonly numbers: number[];
  readonly statuses: string[];
  readonly errors: string[];
  readonly messages: string[];
  readonly pageEvents: string[];
  commits: number;
  text: string;
  restarted: boolean;
  loaded: number;
  endedBy: string | null;
}

const log: EngineLog = {
  numbers: [],
  statuses: [],
  errors: [],
  messages: [],
  pageEvents: [],
  commits: 0,
  text: '',
  restarted: false,
  loaded: 0,
  endedBy: null,
};
let root: Root | undefined;

const watch = {
  onStatusChange: (status: string) => void log.statuses.push(status),
  onError: ({ code, message }: { readonly code: string; readonly message: string }) => {
    log.errors.push(code);
    log.messages.push(message);
    // Survives a reload, as the log does not.
    sessionStorage.setItem('errors', `${sessionStorage.getItem('errors') ?? ''} ${code}`);
  },
};

function Feed({ url, options }: { readonly url: string; readonly options: EventSourceOptions }) {
  const { data } = useEventSource(url, {
    retry: { baseDelayMs: 1 },
    ...options,
    ...watch,
    onMessage: ({ data: number }) => void log.numbers.push(Number(number)),
  });
  // Without dependencies an effect runs once for each commit.
  useEffect(() => {
    log.commits += 1;
  });
  return <p>{data}</p>;
}

function Answer({
  url,
  options,
}: {
  readonly url: string;
  readonly options: StreamingFetchOptions;
}) {
  const answer = useStreamingFetch(url, { ...options, ...watch, autoStart: true });
  useEffect(() => {
    log.text = answer.text;
    log.endedBy = 'endedBy' in answer ? String(answer.endedBy) : null;
  });
  return <p>{answer.text}</p>;
}

function Download({ url, options }: { readonly url: string; readonly options: DownloadOptions }) {
  const job = useDownload(url, { ...options, ...watch });
  useEffect(() => {
    log.loaded = job.loaded;
    log.restarted = job.restarted;
    Object.assign(window, { job });
  });
  return <progress aria-label={url} value={job.progress ?? undefined} />;
}

for (const type of ['beforeunload', 'pagehide', 'pageshow'] as const) {
  addEventListener(type, (event) => {
    const persisted = event instanceof PageTransitionEvent && event.persisted;
    log.pageEvents.push(persisted ? `${type} persisted` : type);
  });
}

/** Stands last, so that its effect runs after those of the hook. */
function Mounted() {
  useEffect(() => {
    Object.assign(window, { isMounted: true });
  });
  return null;
}

function mount(element: React.ReactNode): void {
  root ??= createRoot(document.body.appendChild(document.createElement('main')));
  root.render(
    <StrictMode>
      {element}
      <Mounted />
    </StrictMode>,
  );
}

Object.assign(window, {
  log,
  subscribe: (url: string, options: EventSourceOptions = {}) =>
    mount(<Feed url={url} options={options} />),
  ask: (url: string, options: StreamingFetchOptions = {}) =>
    mount(<Answer url={url} options={options} />),
  download: (url: string, options: DownloadOptions = {}) =>
    mount(<Download url={url} options={options} />),
  unmount: () => root?.unmount(),
});
