/** Where a contestant runs. */
type Runtime = 'Node' | 'Chromium';

/** What one run cost, by measure. Time in ms, memory in bytes, the rest are counts. */
export type Costs = Readonly<Record<string, number>>;

/** What a contestant made of its task. */
export interface Answer {
  /** How many messages, tokens or bytes were sent, and how many of them came. */
  readonly expected: number;
  readonly received: number;
  /** What is wrong with what came, where all came. */
  readonly fault?: string | undefined;
}

/** A contestant that is ready to run. */
export interface Runner {
  /** Does the task once and compares every message; nothing is timed. */
  verify(): Promise<Answer>;
  /** Does the task once and measures it. */
  run(): Promise<Answer & { readonly costs: Costs }>;
  /** Frees what it holds: a process, a page. Called once. */
  close(): Promise<void>;
}

/** One who does the task. */
export interface Contestant {
  /** `rivulet`, the name of a package, or in words what a floor does. */
  readonly name: string;
  /** In a contest of growth: how large its task is, in the `unit` of the contest. */
  readonly size?: number;
  /** How often it runs in a round; it counts by the mean. Default 1. */
  readonly times?: number;
  /** Starts its process or page. Called once, before the first round. */
  open(): Promise<Runner>;
}

/** Looks up what a contestant paid in one round. `NaN` for one that did not run. */
export type CostOf = (name: string, measure: string, size?: number) => number;

/** What a contest has to show. */
export interface Target {
  /** What is measured against what: `speed against eventsource`. */
  readonly label: string;
  readonly is: 'at least' | 'at most';
  readonly goal: number;
  /** The value of one round; the median over the rounds is held against the goal. */
  value(costOf: CostOf): number;
}

/** One task, done by several contestants in turn. */
export interface Contest {
  /** In kebab-case, unique. */
  readonly id: string;
  /** The task in a few words. */
  readonly title: string;
  readonly runtime: Runtime;
  /** What the page draws: a bar for each contestant, or a curve over their sizes. */
  readonly kind: 'comparison' | 'growth';
  /** In a contest of growth: what the sizes count. */
  readonly unit?: string;
  /** The measure that is drawn. */
  readonly measure: string;
  readonly contestants: readonly Contestant[];
  readonly targets: readonly Target[];
  /** How many rounds at most, for what takes long. */
  readonly maxRounds?: number;
  /** `false` for what takes long and is warm once it is verified. */
  readonly warmsUp?: boolean;
  /** What a reader must know to judge it. */
  readonly note?: string;
}

/** Median and extremes over the rounds. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** How a contestant did. */
export interface ContestantFinding {
  readonly name: string;
  readonly size?: number;
  /** `false`: its answer was wrong or did not come, and it was not timed. */
  readonly verified: boolean;
  /** What was wrong, `null` for nothing. */
  readonly fault: string | null;
  readonly expected: number;
  /** The least that came in any run. */
  readonly received: number;
  /** Empty for one that was not timed. */
  readonly costs: Readonly<Record<string, Spread>>;
}

/** How a target was met. */
export interface TargetFinding extends Omit<Target, 'value'> {
  /** `null` where one of both did not run. */
  readonly value: Spread | null;
  readonly reached: boolean;
}

/** What a contest found: what the result file holds and the page shows. */
export interface Finding
  extends Omit<Contest, 'contestants' | 'targets' | 'maxRounds' | 'warmsUp'> {
  readonly suite: string;
  readonly rounds: number;
  readonly contestants: readonly ContestantFinding[];
  readonly targets: readonly TargetFinding[];
}

/** The result file. */
export interface Results {
  readonly date: string;
  /** Made by `--quick`: the numbers say nothing. */
  readonly quick: boolean;
  readonly node: string;
  readonly chromium: string | null;
  readonly processors: number;
  readonly packages: Readonly<Record<string, string>>;
  readonly findings: readonly Finding[];
}
