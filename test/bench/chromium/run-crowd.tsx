import type { Root } from 'react-dom/client';
import { crowds } from './crowd.tsx';

/** Many components follow one connection. */
export interface CrowdTask {
  readonly crowd: string;
  readonly subscribers: number;
  readonly ticks: number;
  readonly url: string;
}

export interface CrowdOutcome {
  /** How many events were due, each for every subscriber, and how many came in order. */
  readonly expected: number;
  readonly received: number;
  /** How many commits an event to all caused. */
  readonly commits: number;
}

/** Mounts the subscribers, and follows what each of them gets until the stream ends. */
export async function runCrowd(root: Root, task: CrowdTask): Promise<CrowdOutcome> {
  const { crowd, subscribers, ticks, url } = task;
  const Crowd = crowds.get(crowd);
  if (Crowd === undefined) throw new Error(`There is no crowd ${crowd}.`);
  /** What each of them is to get next. */
  const next = Array.from({ length: subscribers }, () => 0);
  /** How many commits there were when the first of them got an event. */
  const commitsAt: number[] = [];
  let received = 0;
  const onTick = (subscriber: number, tick: string) => {
    commitsAt[Number(tick)] ??= window.commits;
    if (Number(tick) !== next[subscriber]) return;
    next[subscriber] = Number(tick) + 1;
    received += 1;
  };
  await new Promise<void>((resolve) => {
    root.render(<Crowd url={url} subscribers={subscribers} onTick={onTick} onEnd={resolve} />);
  });
  const [first = 0] = commitsAt;
  const commits = (Number(commitsAt.at(-1)) - first) / (commitsAt.length - 1);
  return { expected: subscribers * ticks, received, commits };
}
