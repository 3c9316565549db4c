/** Tokens and events to React components in Chromium, by the processor time of the main thread. */
import { inCrowd, inPage } from '../chromium/runners.mjs';
import { costAgainst, growth } from '../framework/targets.mjs';

/**
 * @typedef {import('../framework/contest.ts').Contest} Contest
 * @typedef {import('../framework/contest.ts').Target} Target
 */

const FLOOR = 'textContent per frame';
const THROTTLED = '@ai-sdk/react, throttled';

/**
 * @param {string} of
 * @param {number} [goal]
 * @returns {Target}
 */
function commitsOverFrames(of, goal = 5) {
  return {
    label: `commits of ${of}, over the frames`,
    is: 'at most',
    goal,
    value: (costOf) => costOf(of, 'commits') - costOf(of, 'frames'),
  };
}

/** @param {{ quick: boolean }} settings */
function burst({ quick }) {
  const tokens = quick ? 1000 : 10_000;
  /** @param {string} name */
  const contestant = (name) => ({
    name,
    open: inPage({ contestant: name, tokens, watch: ['frames', 'heap'] }),
  });
  /** @type {Contest} */
  const contest = {
    id: 'burst',
    title: `${tokens.toLocaleString('en')} tokens as fast as they come`,
    runtime: 'Chromium',
    kind: 'comparison',
    measure: 'cpu',
    contestants: [
      'rivulet',
      'rivulet, useEventSource',
      FLOOR,
      'useState per event',
      'useState per event, EventSource',
      'react-use-websocket',
      '@ai-sdk/react',
      THROTTLED,
      '@tanstack/react-query, text',
    ].map(contestant),
    targets: [
      commitsOverFrames('rivulet'),
      commitsOverFrames('rivulet, useEventSource'),
      costAgainst(FLOOR, 1.5),
      costAgainst('@ai-sdk/react', 0.1, { measure: 'script' }),
    ],
    maxRounds: 5,
  };
  return contest;
}

/** @param {{ quick: boolean }} settings */
function paced({ quick }) {
  const seconds = quick ? 1 : 10;
  /** @param {string} name */
  const contestant = (name) => ({
    name,
    open: inPage({ contestant: name, tokens: 1000 * seconds, rate: 1000 }),
  });
  /** @type {Contest} */
  const contest = {
    id: 'paced',
    title: `1,000 tokens per second for ${seconds} s`,
    runtime: 'Chromium',
    kind: 'comparison',
    measure: 'cpu',
    contestants: [
      'rivulet',
      FLOOR,
      'useState per event',
      'react-use-websocket',
      '@ai-sdk/react',
      THROTTLED,
      '@tanstack/react-query, text',
    ].map(contestant),
    targets: [
      costAgainst('useState per event', 0.6),
      costAgainst(THROTTLED, 0.9),
      {
        label: 'rate of the server, kept',
        is: 'at least',
        goal: 0.99,
        value: (costOf) => costOf('rivulet', 'pace'),
      },
    ],
    maxRounds: 3,
    warmsUp: false,
    note: 'Most of the cost is the layout of the one growing paragraph, at every commit.',
  };
  return contest;
}

/** @param {{ quick: boolean }} settings */
function hooks({ quick }) {
  const tokens = quick ? 1000 : 3000;
  const [one, ten] = ['rivulet, one hook', 'rivulet, ten hooks'];
  /** @type {Contest} */
  const contest = {
    id: 'hooks',
    title: 'one hook at 1,000 events per second, ten hooks at 100 each',
    runtime: 'Chromium',
    kind: 'comparison',
    measure: 'cpu',
    contestants: [
      { name: one, open: inPage({ contestant: one, tokens, rate: 1000, watch: ['frames'] }) },
      {
        name: ten,
        open: inPage({
          contestant: ten,
          tokens,
          rate: 1000,
          connections: 10,
          watch: ['frames'],
        }),
      },
    ],
    targets: [
      costAgainst(one, 1.5, { of: ten }),
      commitsOverFrames(one),
      // Each hook shows at once that it opens, its first event and that it ends: nine times three
      // more than one hook.
      commitsOverFrames(ten, 5 + 9 * 3),
    ],
    maxRounds: 3,
    warmsUp: false,
    note: "With flush: 'frame', so that the one long text does not wait longer than ten short ones.",
  };
  return contest;
}

/** @param {{ quick: boolean }} settings */
function crowd({ quick }) {
  const [few, many] = quick ? [10, 100] : [100, 1000];
  const ours = 'rivulet';
  /**
   * @param {string} name
   * @param {number} size
   */
  const contestant = (name, size) => ({
    name,
    size,
    open: inCrowd({ crowd: name, subscribers: size }),
  });
  /** @type {Contest} */
  const contest = {
    id: 'crowd',
    title: 'components that follow one shared connection',
    runtime: 'Chromium',
    kind: 'growth',
    unit: 'subscriptions',
    measure: 'cpu',
    contestants: [ours, 'one state above all'].flatMap((name) => [
      contestant(name, few),
      contestant(name, many),
    ]),
    targets: [
      {
        label: 'commits for an event to all',
        is: 'at most',
        goal: 1,
        value: (costOf) => costOf(ours, 'commits', many),
      },
      growth(few, many, 12),
    ],
    maxRounds: 3,
  };
  return contest;
}

/** @param {{ quick: boolean }} settings */
export function contests(settings) {
  return [burst(settings), paced(settings), hooks(settings), crowd(settings)];
}
