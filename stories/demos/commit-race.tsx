import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { type FlushMode, useStreamingFetch } from 'rivulet';

/** Counts the commits of the component that calls it, and shows them without causing one more. */
function useCommitCounter() {
  const commits = useRef(0);
  const counter = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    commits.current += 1;
    if (counter.current !== null) counter.current.textContent = `${commits.current}`;
  });
  return counter;
}

interface LaneProps {
  readonly name: string;
  readonly url: string;
  readonly onEnd: () => void;
}

interface LaneViewProps {
  readonly name: string;
  readonly text: string;
  readonly isDone: boolean;
  readonly counter: React.RefObject<HTMLElement | null>;
}

const wordsIn = (text: string) => (text.trim() === '' ? 0 : text.trim().split(/\s+/).length);

function LaneView({ name, text, isDone, counter }: LaneViewProps) {
  return (
    <section aria-label={name} style={{ flex: '1 1 12rem' }}>
      <h3>{name}</h3>
      <p>
        <strong ref={counter} style={{ fontVariantNumeric: 'tabular-nums' }} /> commits for{' '}
        <span style={{ fontVariantNumeric: 'tabular-nums' }}>{wordsIn(text)}</span> tokens
        {isDone && ', done'}
      </p>
      <blockquote style={{ blockSize: '6lh', overflow: 'hidden', fontSize: '0.875rem' }}>
        {text.slice(-120)}
      </blockquote>
    </section>
  );
}

/** What is written first: an EventSource, and a state that changes with every token. */
const StateLane = memo(function StateLane({ name, url, onEnd }: LaneProps) {
  const [text, setText] = useState('');
  const [isDone, setIsDone] = useState(false);
  const counter = useCommitCounter();
  useEffect(() => {
    const source = new EventSource(url);
    source.onmessage = ({ data }: MessageEvent<string>) => {
      if (data === '[DONE]') {
        source.close();
        setIsDone(true);
        onEnd();
        return;
      }
      const { text: token }: { text: string } = JSON.parse(data);
      setText((soFar) => soFar + token);
    };
    return () => source.close();
  }, [url, onEnd]);
  return <LaneView {...{ name, text, isDone, counter }} />;
});

/** The same stream through the hook. */
const HookLane = memo(function HookLane({
  name,
  url,
  onEnd,
  flush,
}: LaneProps & { readonly flush: FlushMode }) {
  const { status, text } = useStreamingFetch(url, {
    autoStart: true,
    flush,
    parse: ({ data }): { text: string } => JSON.parse(data),
    toText: ({ value }) => value.text,
    endWhen: '[DONE]',
    maxMessages: 1,
    onStatusChange: (next) => {
      if (next === 'done') onEnd();
    },
  });
  const counter = useCommitCounter();
  return <LaneView isDone={status === 'done'} {...{ name, text, counter }} />;
});

/** How many frames the page has had while it runs; 100 ms without one count as one, as for the hooks. */
function FrameCounter({ isRunning }: { readonly isRunning: boolean }) {
  const counter = useRef<HTMLElement>(null);
  useEffect(() => {
    if (!isRunning) return;
    let frames = 0;
    let stopWaiting = () => {};
    const count = () => {
      stopWaiting();
      frames += 1;
      if (counter.current !== null) counter.current.textContent = `${frames}`;
      wait();
    };
    const wait = () => {
      const request = requestAnimationFrame(count);
      const timer = setTimeout(count, 100);
      stopWaiting = () => {
        cancelAnimationFrame(request);
        clearTimeout(timer);
      };
    };
    wait();
    return () => stopWaiting();
  }, [isRunning]);
  return (
    <p>
      The page had{' '}
      <strong ref={counter} style={{ fontVariantNumeric: 'tabular-nums' }}>
        0
      </strong>{' '}
      frames meanwhile.
    </p>
  );
}

const LANES = 3;

/** The same tokens three times at once, and what each way costs in commits. */
export function CommitRace({ url }: { url: string }) {
  const [run, setRun] = useState(1);
  const [ended, setEnded] = useState(0);
  const [onEnd] = useState(() => () => setEnded((count) => count + 1));
  const isRunning = ended < LANES;
  const start = () => {
    setEnded(0);
    setRun(run + 1);
  };
  return (
    <section aria-label="Commit race">
      <button type="button" disabled={isRunning} onClick={start}>
        Start again
      </button>
      <FrameCounter key={`frames ${run}`} isRunning={isRunning} />
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0 1.5rem', minBlockSize: '14rem' }}>
        <StateLane key={`state ${run}`} name="useState per token" {...{ url, onEnd }} />
        <HookLane key={`auto ${run}`} name="useStreamingFetch" flush="auto" {...{ url, onEnd }} />
        <HookLane key={`50 ${run}`} name="With flush: 50" flush={50} {...{ url, onEnd }} />
      </div>
    </section>
  );
}
