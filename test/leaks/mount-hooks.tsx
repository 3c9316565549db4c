/**
 * Mounts and unmounts components with a hook, each with a live request. Bundled for a Node with jsdom
 * and for a page, see `leaks.test.ts`.
 */
import { type ReactNode, useEffect } from 'react';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { useDownload, useEventSource, useStreamingFetch } from 'rivulet';

interface StreamProps {
  readonly url: string;
  /** Called when the component has got what its server sends. */
  readonly onSeen: () => void;
}

/** Half of the answers end and leave a retry waiting, half stay open. */
function Subscription({ url, onSeen }: StreamProps): ReactNode {
  const { status, data } = useEventSource(url, { retry: { baseDelayMs: 60_000 } });
  const isSeen = status === 'waiting' || (status === 'open' && data !== undefined);
  useEffect(() => (isSeen ? onSeen() : undefined), [isSeen, onSeen]);
  return data?.length;
}

/** Half of the answers are done, half are cut by the unmount. */
function Answer({ url, onSeen }: StreamProps): ReactNode {
  const { status, text } = useStreamingFetch(url, { autoStart: true, idleTimeoutMs: 60_000 });
  const isSeen = status === 'done' || (status === 'open' && text !== '');
  useEffect(() => (isSeen ? onSeen() : undefined), [isSeen, onSeen]);
  return text.length;
}

/** Half of the files are whole and saved for a while, half are cut by the unmount. */
function File({ url, onSeen }: StreamProps): ReactNode {
  const { status, loaded, start } = useDownload(url);
  useEffect(() => void start(), [start]);
  const isSeen = status === 'done' || (status === 'open' && loaded > 0);
  useEffect(() => (isSeen ? onSeen() : undefined), [isSeen, onSeen]);
  return loaded;
}

const COMPONENTS = { useEventSource: Subscription, useStreamingFetch: Answer, useDownload: File };

/** The hooks by their names. */
export type HookName = keyof typeof COMPONENTS;

/**
 * Mounts `count` components of a hook, `together` at a time, and unmounts each group when all of it
 * have received something.
 */
export async function mountHooks(
  hook: HookName,
  origin: string,
  count: number,
  together: number,
): Promise<void> {
  const Component = COMPONENTS[hook];
  const root = createRoot(document.createElement('div'));
  for (let first = 0; first < count; first += together) {
    const numbers = Array.from({ length: Math.min(together, count - first) }, (_, index) => index);
    await new Promise<void>((resolve) => {
      let waitingFor = numbers.length;
      const onSeen = () => {
        waitingFor -= 1;
        if (waitingFor === 0) resolve();
      };
      const group = numbers.map((number) => {
        const path = number % 2 === 0 ? '/ends' : '/stays';
        // The cache of a browser lets requests of one address wait for each other.
        const url = `${origin}${path}?${first + number}`;
        return <Component key={number} url={url} onSeen={onSeen} />;
      });
      flushSync(() => root.render(group));
    });
    flushSync(() => root.render(null));
  }
  root.unmount();
}
