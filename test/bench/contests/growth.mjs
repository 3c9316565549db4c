/** How cost grows with the length of a stream, or the number of streams: linearly, it should. */
import { inProcess } from '../framework/in-process.mjs';
import { costAgainst, growth } from '../framework/targets.mjs';

/** @typedef {import('../framework/contest.ts').Contest} Contest */

/**
 * One contestant for each size of a task.
 *
 * @param {string} module
 * @param {string} task
 * @param {number[]} sizes
 * @param {boolean} quick
 */
function ofSizes(module, task, sizes, quick) {
  return sizes.map((size) => ({
    name: 'rivulet',
    size,
    open: inProcess({
      module: new URL(`../tasks/${module}.mjs`, import.meta.url).href,
      task,
      options: { size, quick },
    }),
  }));
}

/**
 * @param {string} subscriber
 * @param {number} size
 * @param {boolean} quick
 */
const hugeEvent = (subscriber, size, quick) => ({
  name: subscriber,
  size,
  open: inProcess({
    module: new URL('../tasks/long-streams.mjs', import.meta.url).href,
    task: 'hugeEvent',
    options: { subscriber, size, quick },
  }),
});

const REFERENCE = 'eventsource-parser';

/**
 * @param {{ quick: boolean }} settings
 * @returns {Contest[]}
 */
export function contests({ quick }) {
  const scale = quick ? 0.1 : 1;
  const [small, middle, large] = [10_000 * scale, 30_000 * scale, 100_000 * scale];
  const [single, double] = [10_000_000 * scale, 20_000_000 * scale];
  const [few, many] = [1000 * scale, 10_000 * scale];
  const [group, crowd] = [100 * scale, 1000 * scale];
  return [
    {
      id: 'huge-event',
      title: 'one event of 10 and 20 MB',
      runtime: 'Node',
      kind: 'growth',
      unit: 'characters',
      measure: 'cpu',
      contestants: [
        ...[REFERENCE, 'rivulet', 'eventsource'].flatMap((name) => [
          hugeEvent(name, single, quick),
          hugeEvent(name, double, quick),
        ]),
        // Quadratic: the smaller one is enough.
        hugeEvent('@microsoft/fetch-event-source', single, quick),
        hugeEvent('fetch-event-stream', single, quick),
      ],
      targets: [costAgainst(REFERENCE, 1.3, { size: single }), growth(single, double, 2.4)],
      maxRounds: 5,
      note: 'The limit of a message is raised to Infinity.',
    },
    {
      id: 'events-in-node',
      title: 'events into the state of a subscription',
      runtime: 'Node',
      kind: 'growth',
      unit: 'events',
      measure: 'cpu',
      contestants: ofSizes('long-streams', 'manyEvents', [small, middle, large], quick),
      targets: [growth(small, large, 12), growth(small, large, 8, { measure: 'heap' })],
    },
    {
      id: 'tokens-in-node',
      title: 'tokens into the text of an answer, one per chunk',
      runtime: 'Node',
      kind: 'growth',
      unit: 'tokens',
      measure: 'cpu',
      contestants: ofSizes('long-streams', 'manyTokens', [small, middle, large], quick),
      targets: [growth(small, large, 12), growth(small, large, 8, { measure: 'heap' })],
    },
    {
      id: 'identities',
      title: 'identities created, started and dropped',
      runtime: 'Node',
      kind: 'growth',
      unit: 'identities',
      measure: 'cpu',
      contestants: ofSizes('controllers', 'identities', [few, many], quick),
      targets: [growth(few, many, 12)],
    },
    {
      id: 'shared-connection',
      title: 'subscriptions to one shared connection, each event to all',
      runtime: 'Node',
      kind: 'growth',
      unit: 'subscriptions',
      measure: 'cpu',
      contestants: ofSizes('controllers', 'sharedConnection', [group, crowd], quick),
      targets: [growth(group, crowd, 12)],
    },
  ];
}
