import { createRoot, type Root } from 'react-dom/client';
import { answerOf } from './answer.mjs';
import { contestants } from './contestants.tsx';
import { type CrowdOutcome, type CrowdTask, runCrowd } from './run-crowd.tsx';

/** What a page is asked for. */
export interface Task {
  readonly contestant: string;
  /** The path of the stream. */
  readonly path: string;
  /** How many tokens come in all, and over how many paragraphs they are spread. */
  readonly tokens: number;
  readonly paragraphs: number;
  /** What is watched beside. That costs something, so costs are measured in runs without it. */
  readonly watch: 'heap' | 'frames' | 'nothing';
}

/** What a page observed. */
export interface Observation {
  readonly commits: number;
  readonly frames: number;
  /** By how much the heap grew at most, in bytes. */
  readonly heap: number;
  /** From mounting to the last token on the page, in ms. */
  readonly wall: number;
}

/** What a benchmark can do with a page. */
interface Bench {
  /** Mounts a contestant; resolves when it shows everything, or will not any more. */
  run(task: Task): Promise<Observation>;
  /** Compares what is shown with what was sent. */
  verdict(task: Task): { readonly received: number; readonly fault?: string };
  /** The same for many components that follow one connection. */
  crowd(task: CrowdTask): Promise<CrowdOutcome>;
  /** Takes away what is mounted. */
  clear(): void;
}

declare global {
  interface Window {
    /** How many commits React has made. */
    commits: number;
    bench: Bench;
  }
  interface Performance {
    /** Chromium alone has it. */
    readonly memory: { readonly usedJSHeapSize: number };
  }
}

/** How long a contestant may take to show the rest after its stream has ended. */
const LAST_CHANCE_MS = 1000;
const HEAP_INTERVAL_MS = 5;

const container = document.createElement('main');
document.body.append(container);
let root: Root | undefined;
let runs = 0;
/** What a contestant has that does not show its text. */
let hidden: string | undefined;
let failure: string | undefined;

const nextFrame = () => new Promise(requestAnimationFrame);

function texts(): readonly string[] {
  if (hidden !== undefined) return [hidden];
  return [...container.querySelectorAll('.answer')].map(({ textContent }) => textContent ?? '');
}

/** Watches the heap or the frames until it is stopped. */
function watch(what: Task['watch']): () => Pick<Observation, 'frames' | 'heap'> {
  const before = performance.memory.usedJSHeapSize;
  let peak = before;
  let frames = 0;
  let frame = 0;
  const look = () => {
    peak = Math.max(peak, performance.memory.usedJSHeapSize);
  };
  const count = () => {
    frames += 1;
    frame = requestAnimationFrame(count);
  };
  const timer = what === 'heap' ? setInterval(look, HEAP_INTERVAL_MS) : undefined;
  if (what === 'frames') count();
  return () => {
    clearInterval(timer);
    cancelAnimationFrame(frame);
    look();
    return { frames, heap: peak - before };
  };
}

/** How many of the tokens came, and whether they stand in order. */
function judge(
  text: string,
  tokens: number,
): { readonly received: number; readonly fault?: string } {
  if (text === answerOf(tokens)) return { received: tokens };
  const numbers = text.split(/\s/).filter(Boolean).map(Number);
  const received = new Set(numbers).size;
  const ascending = numbers.every(
    (number, index) => index === 0 || number > Number(numbers[index - 1]),
  );
  if (!ascending) return { received, fault: 'tokens came twice or out of order' };
  return received < tokens ? { received } : { received, fault: 'the text is not what was sent' };
}

window.bench = {
  async run({ contestant, path, tokens, paragraphs, watch: what }) {
    const Contestant = contestants.get(contestant);
    if (Contestant === undefined) throw new Error(`There is no contestant ${contestant}.`);
    const expected = paragraphs * answerOf(tokens / paragraphs).length;
    hidden = failure = undefined;
    runs += 1;
    // A URL of its own: some contestants remember the answers they had.
    const url = `${location.origin}${path}&run=${runs}`;
    const commitsBefore = window.commits;
    let writes = 0;
    const start = performance.now();
    const stop = watch(what);
    await new Promise<void>((resolve) => {
      root = createRoot(container, {
        onUncaughtError(error) {
          failure = String(error);
          resolve();
        },
      });
      const onEnd = (text?: string) => {
        hidden = text;
        resolve();
      };
      const onWrite = () => {
        writes += 1;
      };
      root.render(<Contestant url={url} onEnd={onEnd} onWrite={onWrite} />);
    });
    const end = performance.now();
    const length = () => texts().reduce((sum, text) => sum + text.length, 0);
    while (length() < expected && performance.now() - end < LAST_CHANCE_MS) await nextFrame();
    const wall = performance.now() - start;
    return { ...stop(), commits: window.commits - commitsBefore + writes, wall };
  },
  verdict({ tokens, paragraphs }) {
    const verdicts = texts().map((text) => judge(text, tokens / paragraphs));
    const received = verdicts.reduce((sum, verdict) => sum + verdict.received, 0);
    const fault = failure ?? verdicts.find((verdict) => verdict.fault !== undefined)?.fault;
    return fault === undefined ? { received } : { received, fault };
  },
  crowd(task) {
    root = createRoot(container);
    runs += 1;
    return runCrowd(root, { ...task, url: `${task.url}&run=${runs}` });
  },
  clear() {
    root?.unmount();
    root = undefined;
    container.replaceChildren();
  },
};
