import type { Page } from 'playwright';

/** What an example shows once data has come, and what a visitor does for it. */
export interface Expectation {
  readonly shows: RegExp;
  readonly act?: (page: Page) => Promise<void>;
}

const click = (name: string) => (page: Page) => page.getByRole('button', { name }).click();

/** Every file of `stories/examples`, by its name. Its component is named after it. */
export const EXPECTATIONS: Readonly<Record<string, Expectation>> = {
  'background-download': {
    act: async (page) => {
      await click('Download')(page);
      await page.getByText(/soundings\.csv, [1-9]\d*%/).waitFor();
      await click('Leave')(page);
      await click('Come back')(page);
    },
    shows: /done\s+soundings\.csv, 100%/,
  },
  'binary-events': { shows: /done 30 frames.*1024 bytes came as 1368 characters: 1\.34/s },
  'character-stream': { shows: /[1-9]\d* characters\s+Streams/ },
  chat: {
    act: async (page) => {
      await page.getByLabel('Message').fill('Why?');
      await page.getByRole('button', { name: 'Send' }).click();
    },
    shows: /You:\s*Why\?.*Assistant:\s*You asked about “Why\?”\..*That was all/s,
  },
  'download-button': {
    act: click('Download'),
    shows: /Pegelstände “Rhein” 2026 🌊\.csv\s+Complete\s+240 kB of 240 kB \(100%\)/,
  },
  'download-queue': {
    act: click('Download all'),
    shows: /0\.72 MB of 0\.72 MB\s+Gauges done\s+Levels done\s+Soundings done/,
  },
  'event-feed': { shows: /open.*00:0[1-9]/s },
  'explained-failure': { shows: /failed\s+content-type .*What the server sent with status 200/s },
  'file-slices': {
    shows: /done attempt 1\s+24 of 24 slices, 764 bytes, sent twice: 0\s+Save river\.svg/,
  },
  'idempotent-order': {
    act: click('Order a canoe'),
    shows: /done attempt 2.*Order 1: shipped\s+Orders made at the server: 1/s,
  },
  'job-progress': { shows: /done.*Finished.*open → done/s },
  'latest-wins': { act: click('Ask about lakes'), shows: /about “lakes”.*lakes: done/s },
  'log-lines': { act: click('Run the build'), shows: /done\s+9 lines.*Finished in 4\.2 s/s },
  'log-tail': { shows: /open [1-9]\d* lines shown.*GET \/orders 200/s },
  'long-answer': { act: click('Ask'), shows: /(open|done)\s+\S+( \S+){50}/ },
  'ndjson-table': { act: click('Load'), shows: /done\s+36 rows, 4 refused.*39\s+Volga/s },
  'offline-aware-feed': { shows: /Numbers received\s+1 2 3 4 5 6/ },
  'pixel-stream': { act: click('Load the picture'), shows: /done\s+65536 of 65536 bytes/ },
  'post-and-listen': {
    act: async (page) => {
      await page.getByLabel('A note for everybody').fill('The ferry is late');
      await page.getByRole('button', { name: 'Send' }).click();
    },
    shows: /open\s+Notes, newest last\s+The ferry is late/,
  },
  'post-subscription': {
    act: async (page) => {
      await page.getByLabel('Question').fill('Why?');
      await page.getByRole('button', { name: 'Ask' }).click();
    },
    shows: /What the server received.*Why\?/s,
  },
  'provider-chat': { act: click('Ask'), shows: /done.*Most begin.*runs into it\./s },
  'raw-characters': { shows: /done\s+[1-9]\d* bytes, 0 messages.*This server.*nothing here/s },
  'reconnecting-feed': { shows: /Gaps\s+none.*1 2 3 4 5 6 7 8 9/s },
  'refreshed-token': { shows: /Fresh tokens fetched: 1\b.*Messages.*open.*Invoices.*open/s },
  'resume-by-query': { shows: /1 2 3 4 5.*no id.*last_event_id=4/s },
  'save-to-disk': {
    act: click('Save to disk'),
    shows: /done\s+100%.*The file on disk has 240.000 bytes\./s,
  },
  'shared-notifications': { shows: /Inbox 1 open\s+Ada.*Inbox 4 open\s+Ada/s },
  'stalled-stream': { shows: /open attempt 1.*Numbers received\s+1 2 3/s },
  'streamed-answer': { act: click('Ask about tides'), shows: /done.*about “tides”.*Complete:/s },
  'tab-feed': { shows: /open\s+This tab leads\.\s+Gaps: none\s+1: Ada/s },
  ticker: { shows: /market open\s+RVLT \d+\.\d\d/ },
  'token-burst': { act: click('Start the burst'), shows: /done.*10000 tokens in \d+ commits/s },
  'unavailable-then-back': { shows: /Status open attempt 3\s+Last event: number \d/ },
  'upload-with-answer': {
    act: async (page) => {
      const buffer = Buffer.from('one two\nthree\n');
      const file = { name: 'notes.txt', mimeType: 'text/plain', buffer };
      await page.getByLabel('A text file').setInputFiles(file);
      await page.getByRole('button', { name: 'Upload' }).click();
    },
    shows: /Received notes\.txt, 14 bytes.*3 words in 2 lines/s,
  },
  'validated-readings': { shows: /open.*°C.*1\s+2\d\.\d.*Refused, newest last\s+parse/s },
};
