/** How the cost of an answer grows with its length, from the wire to the page: linearly, it should be. */
import { inPage } from '../chromium/runners.mjs';
import { growth } from '../framework/targets.mjs';

const OURS = 'rivulet';
const OURS_WITHOUT_LAYOUT = 'rivulet, length shown';
const [SHORT, MEDIUM, LONG] = [1000, 10_000, 100_000];

/** Each with the lengths that it can take: some hang the page for minutes with longer ones. */
const FIELD = [
  { name: OURS, sizes: [SHORT, MEDIUM, LONG] },
  { name: OURS_WITHOUT_LAYOUT, sizes: [SHORT, MEDIUM, LONG] },
  { name: 'textContent per frame', sizes: [SHORT, MEDIUM, LONG] },
  { name: 'useState per event', sizes: [SHORT, MEDIUM, LONG] },
  { name: '@tanstack/react-query, text', sizes: [SHORT, MEDIUM, LONG] },
  { name: '@ai-sdk/react, throttled', sizes: [SHORT, MEDIUM, 30_000] },
  { name: '@ai-sdk/react', sizes: [SHORT, MEDIUM] },
  { name: '@tanstack/react-query, list', sizes: [SHORT, 3000, MEDIUM] },
];

/** @param {{ quick: boolean }} settings */
export function contests({ quick }) {
  const scale = quick ? 100 : 1;
  const contestants = FIELD.flatMap(({ name, sizes }) =>
    sizes.map((tokens) => {
      const size = tokens / scale;
      const open = inPage({ contestant: name, tokens: size, watch: ['heap'] });
      return { name, size, times: tokens < LONG && !quick ? 2 : 1, open };
    }),
  );
  const [medium, long] = [MEDIUM / scale, LONG / scale];
  /** @type {import('../framework/contest.ts').Contest} */
  const contest = {
    id: 'growth-in-chromium',
    title: 'answers of more and more tokens',
    runtime: 'Chromium',
    kind: 'growth',
    unit: 'tokens',
    measure: 'cpu',
    contestants,
    targets: [
      growth(medium, long, 12),
      growth(medium, long, 12, { of: OURS_WITHOUT_LAYOUT }),
      growth(medium, long, 8, { measure: 'heap' }),
    ],
    maxRounds: 3,
    note:
      'Where all the text stands in one paragraph, most of the time is its layout, which grows with ' +
      'every commit. react-use-websocket is not here: it loses tokens.',
  };
  return [contest];
}
