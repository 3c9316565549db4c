import type { Page } from 'playwright';

/** What an example shows once data has come, and what a visitor does for it. */
export interface Expectation {
  readonly shows: RegExp;
  readonly act?: (page: Page) => Promise<void>;
}

/** Every file of `stories/examples`, by its name. Its component is named after it. */
export const EXPECTATIONS: Readonly<Record<string, Expectation>> = {
  'character-stream': { shows: /[1-9]\d* characters\s+Streams/ },
  'event-feed': { shows: /open.*00:0[1-9]/s },
  'explained-failure': { shows: /failed\s+content-type .*What the server sent with status 200/s },
  'job-progress': { shows: /done.*Finished.*open → done/s },
  'log-tail': { shows: /open [1-9]\d* lines shown.*GET \/orders 200/s },
  'offline-aware-feed': { shows: /Numbers received\s+1 2 3 4 5 6/ },
  'post-subscription': {
    act: async (page) => {
      await page.getByLabel('Question').fill('Why?');
      await page.getByRole('button', { name: 'Ask' }).click();
    },
    shows: /What the server received.*Why\?/s,
  },
  'reconnecting-feed': { shows: /Gaps\s+none.*1 2 3 4 5 6 7 8 9/s },
  'refreshed-token': { shows: /Fresh tokens fetched: 1\b.*Messages.*open.*Invoices.*open/s },
  'resume-by-query': { shows: /1 2 3 4 5.*no id.*last_event_id=4/s },
  'shared-notifications': { shows: /Inbox 1 open\s+Ada.*Inbox 4 open\s+Ada/s },
  'stalled-stream': { shows: /open attempt 1.*Numbers received\s+1 2 3/s },
  ticker: { shows: /market open\s+RVLT \d+\.\d\d/ },
  'unavailable-then-back': { shows: /Status open attempt 3\s+Last event: number \d/ },
  'validated-readings': { shows: /open.*°C.*1\s+2\d\.\d.*Refused, newest last\s+parse/s },
};
