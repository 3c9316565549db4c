/** Messages per second of processor time, beside the other ways to read an event stream. */
import { inProcess } from '../framework/in-process.mjs';
import { speedAgainst } from '../framework/targets.mjs';

/**
 * @typedef {import('../framework/contest.ts').Contest} Contest
 * @typedef {import('../tasks/corpora.mjs').Chunking} Chunking
 * @typedef {import('../tasks/corpora.mjs').CorpusName} CorpusName
 */

const TASK = new URL('../tasks/messages.mjs', import.meta.url).href;
const REFERENCE = 'eventsource-parser';

/** @type {{ corpus: CorpusName, chunking: Chunking, events: number, title: string }[]} */
const STREAMS = [
  { corpus: 'llm', chunking: 'event', events: 5000, title: 'JSON of 200 bytes, one per chunk' },
  { corpus: 'llm', chunking: '16 KiB', events: 10_000, title: 'JSON of 200 bytes, 16 KiB chunks' },
  { corpus: 'tiny', chunking: 'event', events: 10_000, title: 'tiny events, one per chunk' },
  { corpus: 'tiny', chunking: '16 KiB', events: 20_000, title: 'tiny events, 16 KiB chunks' },
];

/** @param {{ quick: boolean }} settings */
export function contests({ quick }) {
  return STREAMS.flatMap(({ corpus, chunking, events, title }) => {
    /**
     * @param {string} name
     * @param {string} subscriber
     * @param {boolean} parsed
     */
    const contestant = (name, subscriber = name, parsed = false) => ({
      name,
      open: inProcess({
        module: TASK,
        task: 'messages',
        options: {
          subscriber,
          corpus,
          chunking,
          events: quick ? events / 10 : events,
          parsed,
          quick,
        },
      }),
    });
    const id = `${corpus}-${chunking === 'event' ? 'one-per-chunk' : '16-kib'}`;
    /** @type {Contest[]} */
    const found = [
      {
        id: `callback-${id}`,
        title: `callbacks: ${title}`,
        runtime: 'Node',
        kind: 'comparison',
        measure: 'cpu',
        contestants: [
          contestant('rivulet'),
          contestant(REFERENCE),
          contestant('eventsource'),
          contestant('@microsoft/fetch-event-source'),
          contestant('eventsource-parser/stream'),
        ],
        targets: [
          speedAgainst(REFERENCE, 0.9),
          speedAgainst('eventsource', 1.5),
          speedAgainst('@microsoft/fetch-event-source', 1.5),
          speedAgainst('eventsource-parser/stream', 2.5),
        ],
        note: 'eventsource-parser stands alone in a plain reader loop: no lifecycle, no ids, no deadlines.',
      },
      {
        id: `iterator-${id}`,
        title: `async iterator: ${title}`,
        runtime: 'Node',
        kind: 'comparison',
        measure: 'cpu',
        contestants: [
          contestant('rivulet', 'rivulet, iterated'),
          contestant('fetch-event-stream'),
          contestant('openai'),
        ],
        targets: [speedAgainst('fetch-event-stream', 1.5), speedAgainst('openai', 1.5)],
      },
    ];
    if (corpus === 'llm') {
      found.push({
        id: `json-${id}`,
        title: `parsed ${title}`,
        runtime: 'Node',
        kind: 'comparison',
        measure: 'cpu',
        contestants: [
          contestant('rivulet', 'rivulet, parsed', true),
          contestant(REFERENCE, 'eventsource-parser, parsed', true),
          contestant('ai', 'ai', true),
        ],
        targets: [speedAgainst(REFERENCE, 0.9), speedAgainst('ai', 2.5)],
        note: 'ai is the parser of the AI SDK, parseJsonEventStream, without validation.',
      });
    }
    return found;
  });
}
