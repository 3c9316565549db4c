/** What a stream leaves in memory. */
import { inProcess } from '../framework/in-process.mjs';

const TASK = new URL('../tasks/retention.mjs', import.meta.url).href;
const KEPT = 1000;

/**
 * @param {{ quick: boolean }} settings
 * @returns {import('../framework/contest.ts').Contest[]}
 */
export function contests({ quick }) {
  const count = quick ? KEPT / 10 : KEPT;
  return [
    {
      id: 'retention',
      title: `a message of 20 characters kept of each chunk of 64 KiB, ${count} times`,
      runtime: 'Node',
      kind: 'comparison',
      measure: 'memory',
      contestants: ['rivulet', 'eventsource-parser', 'texts of their own'].map((name) => ({
        name,
        open: inProcess({ module: TASK, task: 'retention', options: { keeper: name, count } }),
      })),
      targets: [
        {
          label: 'bytes for each message',
          is: 'at most',
          goal: 1024,
          value: (costOf) => costOf('rivulet', 'memory') / count,
        },
      ],
      note: 'An engine keeps the whole chunk alive for a piece of it that is not copied.',
    },
  ];
}
