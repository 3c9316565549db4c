import type { Status, StreamErrorCode } from 'rivulet';

/** A header worth showing. */
export type WireHeader = readonly [name: string, value: string];

/** A change of the status, and how many hooks told the same at once. */
export interface ChangedStatus {
  readonly status: Status;
  readonly previous: Status;
  readonly count: number;
}

interface Row<TKind extends string> {
  readonly kind: TKind;
  readonly id: number;
  /** Ms since the log began. */
  readonly at: number;
}

interface RequestRow extends Row<'request'> {
  readonly number: number;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly WireHeader[];
}

interface AnswerRow extends Row<'answer'> {
  readonly number: number;
  readonly status: number;
  readonly statusText: string;
  readonly headers: readonly WireHeader[];
  /** Since the request. */
  readonly afterMs: number;
}

interface EndRow extends Row<'end'> {
  readonly number: number;
  /** Since the request. */
  readonly afterMs: number;
  /** `null` where it cannot be told whose bytes they were. */
  readonly bytes: number | null;
  /** What became of the stream; `null` where the status stayed as it was. */
  readonly change: ChangedStatus | null;
}

interface StatusRow extends Row<'status'>, ChangedStatus {}

interface ErrorRow extends Row<'error'> {
  readonly code: StreamErrorCode;
  readonly message: string;
  readonly willRetry: boolean;
  readonly retryInMs: number | null;
  /** How many hooks were told. */
  readonly count: number;
}

/** What came shortly one after the other: chunks, the messages in them, the commits they caused. */
export interface DataRow extends Row<'data'> {
  readonly chunks: number;
  readonly bytes: number;
  readonly messages: number;
  readonly commits: number;
  /** The beginning of the newest message. */
  readonly newest: string | null;
}

/** One line of the log. */
export type WireRow = RequestRow | AnswerRow | EndRow | StatusRow | ErrorRow | DataRow;

/** Whether a stream with this status has a request under way. */
export function isLiveStatus(status: Status): boolean {
  return status === 'connecting' || status === 'open';
}

/** A change in words. */
export function changeText({ status, previous }: ChangedStatus): string {
  return `${previous} → ${status}`;
}

/** Whether a row tells of nothing but commits. */
export function isReactOnly(row: WireRow): boolean {
  return row.kind === 'data' && row.chunks + row.messages === 0;
}
