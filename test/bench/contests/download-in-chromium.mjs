/** Large downloads with their progress shown, by the memory of the page in Chromium. */
import { downloading } from '../chromium/runners.mjs';
import { costAgainst } from '../framework/targets.mjs';

const MEBI = 1024 * 1024;
const [BLOB, SINK, FILE, FLOOR] = ['rivulet', 'rivulet, sink', 'rivulet, file', 'reader loop'];

/** @param {{ quick: boolean }} settings */
export function contests({ quick }) {
  const mebibytes = quick ? 8 : 1024;
  const bytes = mebibytes * MEBI;
  /** @type {import('../framework/contest.ts').Contest} */
  const contest = {
    id: 'download-in-chromium',
    title: `${mebibytes} MiB with progress`,
    runtime: 'Chromium',
    kind: 'comparison',
    measure: 'memory',
    contestants: [
      BLOB,
      SINK,
      FILE,
      FLOOR,
      'response.blob()',
      'chunks, then Blob',
      'react-use-downloader',
      'ky',
      'axios',
    ].map((name) => ({ name, open: downloading({ downloader: name, bytes }) })),
    targets: [
      {
        label: 'memory of a Blob, by the body',
        is: 'at most',
        goal: 0.6,
        value: (costOf) => costOf(BLOB, 'memory') / bytes,
      },
      costAgainst(FLOOR, 1.25, { of: SINK }),
      costAgainst(FLOOR, 1.2, { of: SINK, measure: 'memory' }),
    ],
    maxRounds: 3,
    warmsUp: false,
    note:
      'Memory is that of the process of the page. A Blob lies outside it, in that of the browser or ' +
      'on its disk. response.blob() tells nothing about its progress.',
  };
  return [contest];
}
