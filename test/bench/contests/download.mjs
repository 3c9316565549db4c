/** A large download with progress, by processor time and by the most memory that it took. */
import { inProcess } from '../framework/in-process.mjs';
import { costAgainst } from '../framework/targets.mjs';

const TASK = new URL('../tasks/downloads.mjs', import.meta.url).href;
const GIGABYTE = 1_000_000_000;
const FLOOR = 'reader loop';
const [SINK, BLOB] = ['rivulet into a sink', 'rivulet, a Blob'];

/**
 * @param {{ quick: boolean }} settings
 * @returns {import('../framework/contest.ts').Contest[]}
 */
export function contests({ quick }) {
  const bytes = quick ? 64_000_000 : GIGABYTE;
  const names = [SINK, BLOB, FLOOR, 'chunks, then a Blob', 'response.blob()', 'ky', 'axios'];
  return [
    {
      id: 'download-in-node',
      title: `a download of ${bytes / 1_000_000} MB with progress`,
      runtime: 'Node',
      kind: 'comparison',
      measure: 'memory',
      contestants: names.map((name) => ({
        name,
        open: inProcess(
          { module: TASK, task: 'download', options: { downloader: name, bytes } },
          { isFresh: true },
        ),
      })),
      targets: [
        costAgainst(FLOOR, 1.25, { of: SINK }),
        costAgainst(FLOOR, 1.2, { of: SINK, measure: 'memory' }),
        {
          label: 'memory of a Blob against the body',
          is: 'at most',
          goal: 1.25,
          value: (costOf) => costOf(BLOB, 'memory') / bytes,
        },
      ],
      maxRounds: 3,
      warmsUp: false,
      note: 'response.blob() tells no progress; axios gives a buffer, for it knows no Blob in Node.',
    },
  ];
}
