/**
 * Requests that fail on purpose. Chromium writes a line to the console for each of them, which no
 * page can prevent. A broken connection is one over HTTP only: a service worker has none to break.
 */
interface ExpectedFailures {
  /** In both Storybooks. */
  readonly everywhere?: readonly string[];
  /** In `storybook dev`, over HTTP. */
  readonly overHttp?: readonly string[];
}

const BROKEN_CHUNKS = 'net::ERR_INCOMPLETE_CHUNKED_ENCODING';
const BROKEN_LENGTH = 'net::ERR_CONTENT_LENGTH_MISMATCH';

/** The stories with such requests, and the pages that show one of them first, by id. */
const EXPECTED: Readonly<Record<string, ExpectedFailures>> = {
  'guides-status-and-readystate--laboratory': {
    everywhere: ['403', '503'],
    overHttp: [BROKEN_CHUNKS],
  },
  'guides-post-instead-of-eventsource--without-key': { overHttp: [BROKEN_CHUNKS] },
  'guides-post-instead-of-eventsource--with-key': { overHttp: [BROKEN_CHUNKS] },
  'guides-binary-over-a-text-stream--disordered-slices': { overHttp: [BROKEN_CHUNKS] },
  'useeventsource--dropped-connections': { overHttp: [BROKEN_CHUNKS] },
  'useeventsource--unavailable-at-first': { everywhere: ['503'] },
  'useeventsource-in-production--token-refreshed': { everywhere: ['401'] },
  'useeventsource-in-production--offline-and-back': { overHttp: [BROKEN_CHUNKS] },
  'useeventsource-in-production--resume-by-query-story': { overHttp: [BROKEN_CHUNKS] },
  'usestreamingfetch--error-midway': { overHttp: [BROKEN_CHUNKS] },
  'usedownload-in-production--dropped': { overHttp: [BROKEN_LENGTH] },
  'usedownload-in-production--truncated': { overHttp: [BROKEN_LENGTH] },
  'usedownload-in-production--not-found': { everywhere: ['404'] },
  'guides-migrating--same-server': { everywhere: ['503'] },
  'guides-wire-panel--retry-counted-down': { overHttp: [BROKEN_CHUNKS] },
  'guides-authentication--docs': { everywhere: ['401'] },
};

/** The ids of all stories and pages with requests that fail on purpose. */
export const failingEntries: readonly string[] = Object.keys(EXPECTED);

/** What the browser says of the failing requests of a story or a page, each once. */
export function expectedFailures(id: string, overHttp: boolean): readonly string[] {
  const expected = EXPECTED[id];
  return [...(expected?.everywhere ?? []), ...((overHttp && expected?.overHttp) || [])];
}
