import { useEffect, useRef } from 'react';
import type { Root } from 'react-dom/client';
import { useEventSource } from 'rivulet';
import { acrossTabs } from 'rivulet/share';
import { END } from './answer.mjs';

/** One of several tabs that listen to the same stream. */
export interface TabTask {
  readonly url: string;
  /** Whether all tabs have one connection. */
  readonly shares: boolean;
}

export interface TabOutcome {
  readonly received: number;
  /** Whether this tab had the connection. */
  readonly hasConnection: boolean;
  readonly fault?: string | undefined;
}

interface Props extends TabTask {
  readonly onOpen: () => void;
  readonly onEnd: (outcome: TabOutcome) => void;
}

function Listener({ url, shares, onOpen, onEnd }: Props) {
  const seen = useRef({ received: 0, hasConnection: false, fault: '' });
  const { status, data } = useEventSource(url, {
    share: shares ? acrossTabs : undefined,
    endWhen: END,
    onChunk() {
      seen.current.hasConnection = true;
    },
    onMessage({ data: text }) {
      const { current } = seen;
      const number = Number.parseInt(JSON.parse(text).delta, 10);
      if (number !== current.received) current.fault ||= `${number} after ${current.received}`;
      current.received += 1;
    },
  });
  useEffect(() => {
    const { received, hasConnection, fault } = seen.current;
    // A tab that joins an open stream is not told that it opened.
    if (status === 'open') onOpen();
    if (status === 'done') onEnd({ received, hasConnection, fault: fault || undefined });
  }, [status, onOpen, onEnd]);
  return <p>{data}</p>;
}

/** Listens, and says when it has joined; the outcome is known when the stream has ended. */
export async function runTab(root: Root, task: TabTask): Promise<void> {
  await new Promise<void>((resolve) => {
    window.tabOutcome = new Promise((onEnd) => {
      root.render(<Listener {...task} onOpen={resolve} onEnd={onEnd} />);
    });
  });
}
