/** The page in which contestants run. Node asks it through `window.bench`. */
import { createRoot, type Root } from 'react-dom/client';
import { type AnswerTask, judgeAnswer, type Observation, runAnswer } from './run-answer.tsx';
import { type CrowdOutcome, type CrowdTask, runCrowd } from './run-crowd.tsx';
import { type DownloadTask, judgeDownload, runDownload, type Verdict } from './run-download.tsx';
import { runTab, type TabOutcome, type TabTask } from './run-tab.tsx';

declare global {
  interface Window {
    /** How many commits React has made. */
    commits: number;
    /** What became of the stream of this tab, once it has ended. */
    tabOutcome: Promise<TabOutcome>;
    bench: {
      runAnswer(task: AnswerTask): Promise<Observation>;
      judgeAnswer(task: AnswerTask): Verdict;
      runCrowd(task: CrowdTask): Promise<CrowdOutcome>;
      runDownload(task: DownloadTask): Promise<void>;
      judgeDownload(): Promise<Verdict>;
      runTab(task: TabTask): Promise<void>;
      /** Takes away what is mounted. */
      clear(): void;
    };
  }
  interface Performance {
    /** Chromium alone has it. */
    readonly memory: { readonly usedJSHeapSize: number };
  }
}

const container = document.createElement('main');
document.body.append(container);
let runs = 0;
let root: Root | undefined;

/** Runs a task with a root of its own; ends it when React gives up. */
function onStage<TTask extends { readonly url: string }, TResult>(
  run: (root: Root, task: TTask) => Promise<TResult>,
) {
  return (task: TTask): Promise<TResult> => {
    runs += 1;
    return new Promise((resolve, reject) => {
      root = createRoot(container, { onUncaughtError: reject });
      // A URL of its own: some contestants remember what they had from one.
      run(root, { ...task, url: `${task.url}&run=${runs}` }).then(resolve, reject);
    });
  };
}

window.bench = {
  runAnswer: onStage(runAnswer),
  judgeAnswer,
  runCrowd: onStage(runCrowd),
  runDownload: onStage(runDownload),
  judgeDownload,
  runTab: onStage(runTab),
  clear() {
    root?.unmount();
    root = undefined;
  },
};
