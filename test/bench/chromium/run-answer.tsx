import type { Root } from 'react-dom/client';
import { answerOf } from './answer.mjs';
import { contestants } from './contestants.tsx';

/** What is watched beside. That costs something, so costs are measured in runs without it. */
type Watched = 'heap' | 'frames' | 'nothing';

/** An answer is shown. */
export interface AnswerTask {
  readonly contestant: string;
  readonly url: string;
  /** How many tokens come in all, and over how many paragraphs they are spread. */
  readonly tokens: number;
  readonly paragraphs: number;
  readonly watch: Watched;
}

/** What a page observed. */
export interface Observation {
  readonly commits: number;
  readonly frames: number;
  /** By how much the heap grew at most, in bytes. */
  readonly heap: number;
}

/** How long a contestant may take to show the rest after its stream has ended. */
const LAST_CHANCE_MS = 1000;
const HEAP_INTERVAL_MS = 5;

/** What a contestant has that does not show its text. */
let hidden: string | undefined;

const nextFrame = () => new Promise(requestAnimationFrame);

function texts(): readonly string[] {
  if (hidden !== undefined) return [hidden];
  return [...document.querySelectorAll('.answer')].map(({ textContent }) => textContent ?? '');
}

/** Watches the heap or the frames until it is stopped. */
function watch(what: Watched): () => Pick<Observation, 'frames' | 'heap'> {
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

/** Mounts a contestant; resolves when it shows everything, or will not any more. */
export async function runAnswer(root: Root, task: AnswerTask): Promise<Observation> {
  const { contestant, url, tokens, paragraphs } = task;
  const Contestant = contestants.get(contestant);
  if (Contestant === undefined) throw new Error(`There is no contestant ${contestant}.`);
  const expected = paragraphs * answerOf(tokens / paragraphs).length;
  const commitsBefore = window.commits;
  let writes = 0;
  const onWrite = () => {
    writes += 1;
  };
  const stop = watch(task.watch);
  hidden = await new Promise<string | undefined>((resolve) => {
    root.render(<Contestant url={url} onEnd={resolve} onWrite={onWrite} />);
  });
  const end = performance.now();
  const length = () => texts().reduce((sum, text) => sum + text.length, 0);
  while (length() < expected && performance.now() - end < LAST_CHANCE_MS) await nextFrame();
  return { ...stop(), commits: window.commits - commitsBefore + writes };
}

/** How many of the tokens of a paragraph came, and whether they stand in order. */
function judge(text: string, tokens: number) {
  if (text === answerOf(tokens)) return { received: tokens };
  const numbers = text.split(/\s/).filter(Boolean).map(Number);
  const received = new Set(numbers).size;
  const ascends = numbers.every((number, index) => {
    return index === 0 || number > Number(numbers[index - 1]);
  });
  if (!ascends) return { received, fault: 'tokens came twice or out of order' };
  return received < tokens ? { received } : { received, fault: 'the text is not what was sent' };
}

/** Compares what is shown with what was sent. */
export function judgeAnswer({ tokens, paragraphs }: AnswerTask): {
  readonly received: number;
  readonly fault?: string;
} {
  const verdicts = texts().map((text) => judge(text, tokens / paragraphs));
  const received = verdicts.reduce((sum, verdict) => sum + verdict.received, 0);
  const fault = verdicts.find((verdict) => verdict.fault !== undefined)?.fault;
  return fault === undefined ? { received } : { received, fault };
}
