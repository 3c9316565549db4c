import { type ComponentType, useEffect, useRef, useState } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { useDownload, useEventSource, useStreamingFetch } from 'rivulet';

interface UrlProps {
  readonly url: string;
}

function Subscription({ url }: UrlProps) {
  return <b>{useEventSource(url).status}</b>;
}

function SwitchedOff({ url }: UrlProps) {
  return <b>{useEventSource(url, { enabled: false }).status}</b>;
}

function AutoAnswer({ url }: UrlProps) {
  return <b>{useStreamingFetch(url, { autoStart: true }).status}</b>;
}

function ManualAnswer({ url }: UrlProps) {
  return <b>{useStreamingFetch(url).status}</b>;
}

function FileToFetch({ url }: UrlProps) {
  return <b>{useDownload(url).status}</b>;
}

const CASES: readonly (readonly [string, ComponentType<UrlProps>])[] = [
  ['useEventSource', Subscription],
  ['useEventSource, enabled: false', SwitchedOff],
  ['useStreamingFetch, autoStart', AutoAnswer],
  ['useStreamingFetch', ManualAnswer],
  ['useDownload', FileToFetch],
];

interface CaseProps extends UrlProps {
  readonly name: string;
  readonly component: ComponentType<UrlProps>;
  readonly isHydrated: boolean;
  readonly onMismatch: () => void;
}

/** What a server renders for a component, and what becomes of it in the browser. */
function Case({ name, component: Component, url, isHydrated, onMismatch }: CaseProps) {
  const [markup] = useState(() => renderToString(<Component url={url} />));
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (!isHydrated || place.current === null) return;
    const container = document.createElement('span');
    container.innerHTML = markup;
    place.current.replaceChildren(container);
    const root = hydrateRoot(container, <Component url={url} />, {
      onRecoverableError: onMismatch,
    });
    // React takes no root away while it renders another.
    return () => void setTimeout(() => root.unmount());
  }, [isHydrated, markup, url, Component, onMismatch]);
  return (
    <li style={{ marginBlockEnd: '0.75rem' }}>
      <code>{name}</code>
      <br />
      Served: <code>{markup}</code>
      <br />
      In the browser: {isHydrated ? <span ref={place} /> : <span>not yet</span>}
    </li>
  );
}

/** The markup of the server for each hook, and the same page once React has taken it over. */
export function ServedMarkup({ url }: UrlProps) {
  const [isHydrated, setIsHydrated] = useState(false);
  const [mismatches, setMismatches] = useState(0);
  const [onMismatch] = useState(() => () => setMismatches((count) => count + 1));
  return (
    <section aria-label="Served markup">
      <button type="button" disabled={isHydrated} onClick={() => setIsHydrated(true)}>
        Hydrate
      </button>{' '}
      <output aria-label="Mismatches">{mismatches}</output> mismatches
      <ul style={{ listStyle: 'none', paddingInlineStart: 0, marginBlockStart: '1rem' }}>
        {CASES.map(([name, component]) => (
          <Case key={name} {...{ name, component, url, isHydrated, onMismatch }} />
        ))}
      </ul>
    </section>
  );
}
