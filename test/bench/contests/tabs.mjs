/** One connection for five tabs, by the processor time of a tab that does not have it. */
import { inTabs } from '../chromium/runners.mjs';
import { costAgainst } from '../framework/targets.mjs';

const [FOLLOWER, OWN] = ['rivulet, a tab that follows', 'rivulet, a connection of its own'];

/** @param {{ quick: boolean }} settings */
export function contests({ quick }) {
  const events = quick ? 1000 : 5000;
  /** @type {import('../framework/contest.ts').Contest} */
  const contest = {
    id: 'tabs',
    title: 'five tabs with 1,000 events per second each',
    runtime: 'Chromium',
    kind: 'comparison',
    measure: 'cpu',
    contestants: [
      { name: FOLLOWER, open: inTabs({ tabs: 5, events, rate: 1000, shares: true }) },
      { name: OWN, open: inTabs({ tabs: 5, events, rate: 1000, shares: false }) },
    ],
    targets: [costAgainst(OWN, 1.5, { of: FOLLOWER })],
    maxRounds: 5,
    warmsUp: false,
    note: 'One tab of each five is measured. With `share: acrossTabs` another one has the connection.',
  };
  return [contest];
}
