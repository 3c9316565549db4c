/** How the id a client resumes from reached the server; empty where there was none. */
export type ResumedBy = 'header' | 'query' | '';

/** What the server remembers about one stream id. */
export interface StreamRecord {
  /** Requests so far, refused ones included. */
  requests: number;
  /** Responses whose body is still being sent. */
  open: number;
  /** The Last-Event-ID of each request, empty where there was none; the newest 100. */
  readonly lastEventIds: string[];
  /** How each of those ids came: by header, by query, or not at all. */
  readonly resumedBy: ResumedBy[];
  /** Access tokens issued so far; only the newest is valid. */
  tokens: number;
}

/** The memory of the demo server, apart for every stream id. */
export interface DemoState {
  /** The record of an id, made at its first use. */
  of(id: string): StreamRecord;
  /** Responses of all ids whose body is still being sent. */
  openResponses(): number;
}

/** Ids beyond this push out the oldest that has nothing open: the server may run for days. */
const MAX_RECORDS = 1000;

const MAX_LAST_EVENT_IDS = 100;

/** An empty memory. */
export function createDemoState(): DemoState {
  const records = new Map<string, StreamRecord>();

  function forgetOldest(): void {
    for (const [id, record] of records) {
      if (records.size <= MAX_RECORDS) return;
      if (record.open === 0) records.delete(id);
    }
  }

  return {
    of(id) {
      const known = records.get(id);
      if (known !== undefined) return known;
      const record: StreamRecord = {
        requests: 0,
        open: 0,
        lastEventIds: [],
        resumedBy: [],
        tokens: 0,
      };
      records.set(id, record);
      forgetOldest();
      return record;
    },
    openResponses: () => [...records.values()].reduce((sum, { open }) => sum + open, 0),
  };
}

/** Counts a request and keeps the id it resumes from, and how that came. */
export function countRequest(record: StreamRecord, id: string, resumedBy: ResumedBy): void {
  record.requests += 1;
  record.lastEventIds.push(id);
  record.resumedBy.push(resumedBy);
  if (record.lastEventIds.length <= MAX_LAST_EVENT_IDS) return;
  record.lastEventIds.shift();
  record.resumedBy.shift();
}
