import type { CSSProperties, ReactNode } from 'react';
import { SLOT_MS, WINDOW_MS, type WireCounts, type WireSnapshot } from './wire-log.ts';
import { TRACKS, type WireRequest, type WireWait } from './wire-spans.ts';
import { bytesText, durationText } from './wire-text.ts';

/** A lane is as many units high. */
const LANE_HEIGHT = 40;

/** Seconds that are written below. */
const MARKS = Array.from({ length: WINDOW_MS / 2000 }, (_, index) => index * 2000);

/** What happened in the last seconds, one lane for each kind. */
export function TimeLine({ snapshot }: { snapshot: WireSnapshot }) {
  const { totals, slots, start, now } = snapshot;
  const nowAt = { insetInlineStart: `${shareOf(now, start) * 100}%` };
  return (
    <div className="time-line">
      <dl>
        <Lane name="Requests" total={totals.requests} className="requests">
          <Requests snapshot={snapshot} />
        </Lane>
        <Lane name="Chunks" total={totals.chunks} more={bytesText(totals.bytes)} className="chunks">
          <Bars slots={slots} start={start} amountOf={({ bytes }) => bytes} />
        </Lane>
        <Lane name="Messages" total={totals.messages} className="messages">
          <Bars slots={slots} start={start} amountOf={({ messages }) => messages} />
        </Lane>
        <Lane
          name="Commits"
          total={totals.commits}
          more={totals.renderMs > 0 ? durationText(totals.renderMs) : undefined}
          className="commits"
        >
          <Bars slots={slots} start={start} amountOf={({ commits }) => commits} />
        </Lane>
      </dl>
      <div className="scale" aria-hidden="true">
        {MARKS.map((ms) => (
          <span key={ms} style={{ insetInlineStart: `${(ms / WINDOW_MS) * 100}%` }}>
            {(start + ms) / 1000} s
          </span>
        ))}
        <i className="now-mark" style={nowAt} />
      </div>
    </div>
  );
}

interface LaneProps {
  readonly name: string;
  readonly total: number;
  /** A second sum. */
  readonly more?: string | undefined;
  readonly className: string;
  readonly children: ReactNode;
}

function Lane({ name, total, more, className, children }: LaneProps) {
  return (
    <div className={`lane ${className}`}>
      <dt>{name}</dt>
      <dd className="total">
        {total.toLocaleString('en')}
        {more !== undefined && <small>{more}</small>}
      </dd>
      <dd className="track" aria-hidden="true">
        {children}
      </dd>
    </div>
  );
}

/** Where a moment is between the beginning and the end of the time line, from 0 to 1. */
function shareOf(at: number, start: number): number {
  return Math.min(1, Math.max(0, (at - start) / WINDOW_MS));
}

function spanStyle(track: number, from: number, to: number, start: number): CSSProperties {
  const [begin, end] = [shareOf(from, start), shareOf(to, start)];
  return {
    insetInlineStart: `${begin * 100}%`,
    inlineSize: `${(end - begin) * 100}%`,
    insetBlockStart: `${(track * 100) / TRACKS}%`,
  };
}

function Requests({ snapshot }: { snapshot: WireSnapshot }) {
  const { requests, waits, start, now } = snapshot;
  return (
    <>
      {waits.map((wait) => (
        <i key={`wait ${wait.since}`} className="wait" style={waitStyle(wait, start, now)} />
      ))}
      {requests.map((request) => (
        <i
          key={request.number}
          className="request"
          data-state={stateOf(request)}
          data-broken={request.isBroken ? '' : undefined}
          style={spanStyle(request.track, request.startedAt, request.endedAt ?? now, start)}
        >
          <i
            className="headers-at"
            style={{ inlineSize: `${connectingShare(request, start, now) * 100}%` }}
          />
          <b>
            {request.number}
            {request.status !== null && <span>: {request.status}</span>}
          </b>
        </i>
      ))}
    </>
  );
}

/** A wait reaches to the moment at which it will be over. */
function waitStyle({ track, since, until, endedAt }: WireWait, start: number, now: number) {
  return spanStyle(track, since, endedAt ?? Math.max(now, until ?? now), start);
}

function stateOf({ isAccepted, endedAt }: WireRequest): string {
  if (isAccepted) return 'accepted';
  return endedAt === null ? 'connecting' : 'refused';
}

/** How much of the visible span passed before the headers came. */
function connectingShare(request: WireRequest, start: number, now: number): number {
  const { startedAt, answeredAt, endedAt } = request;
  const end = endedAt ?? now;
  const [from, headers, to] = [startedAt, answeredAt ?? end, end].map((at) => shareOf(at, start));
  if (from === undefined || headers === undefined || to === undefined || to === from) return 0;
  return (headers - from) / (to - from);
}

interface BarsProps {
  readonly slots: ReadonlyMap<number, WireCounts>;
  readonly start: number;
  readonly amountOf: (counts: WireCounts) => number;
}

/** One bar for each slot. Its height grows with the root of the amount, so that small ones show. */
function Bars({ slots, start, amountOf }: BarsProps) {
  const count = WINDOW_MS / SLOT_MS;
  const first = start / SLOT_MS;
  const amounts = [...slots].map(([slot, counts]) => [slot - first, amountOf(counts)] as const);
  const largest = Math.max(...amounts.map(([, amount]) => amount), 1);
  const path = amounts
    .filter(([, amount]) => amount > 0)
    .map(([slot, amount]) => {
      const height = Math.max(3, LANE_HEIGHT * Math.sqrt(amount / largest));
      return `M${slot + 0.1} ${LANE_HEIGHT}v${-height.toFixed(1)}h0.8v${height.toFixed(1)}z`;
    })
    .join('');
  return (
    <svg viewBox={`0 0 ${count} ${LANE_HEIGHT}`} preserveAspectRatio="none">
      <title>Amounts over time</title>
      <path d={path} />
    </svg>
  );
}
