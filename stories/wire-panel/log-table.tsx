import { memo, type ReactNode } from 'react';
import {
  changeText,
  type DataRow,
  isReactOnly,
  type WireHeader,
  type WireRow,
} from './wire-rows.ts';
import { bytesText, countText, durationText, secondsText } from './wire-text.ts';

interface LogTableProps {
  readonly rows: readonly WireRow[];
  /** What stands in the place of what is missing. */
  readonly children: ReactNode;
}

/** The newest rows of the log, newest first. */
export function LogTable({ rows, children }: LogTableProps) {
  return (
    <div className="log" role="log" aria-label="Wire log" aria-live="off" tabIndex={0}>
      {children}
      <table>
        <thead>
          <tr>
            <th scope="col">At</th>
            <th scope="col">What</th>
            <th scope="col">Newest first</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <LogRow key={row.id} row={row} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const LogRow = memo(function LogRow({ row }: { row: WireRow }) {
  return (
    <tr data-kind={isReactOnly(row) ? 'react' : row.kind}>
      <td className="at">{secondsText(row.at)}</td>
      <td className="what">{whatText(row)}</td>
      <td className="more">
        <More row={row} />
      </td>
    </tr>
  );
});

function whatText(row: WireRow): string {
  switch (row.kind) {
    case 'request':
      return `Request ${row.number}`;
    case 'answer':
      return `Answer ${row.number}`;
    case 'end':
      return `End ${row.number}`;
    case 'status':
      return 'Status';
    case 'error':
      return 'Error';
    case 'data':
      return isReactOnly(row) ? 'React' : 'Data';
  }
}

const timesText = (count: number) => (count === 1 ? '' : ` ×${count}`);

function More({ row }: { row: WireRow }) {
  switch (row.kind) {
    case 'request':
      return (
        <>
          <code>
            {row.method} {row.url}
          </code>
          <Headers headers={row.headers} />
        </>
      );
    case 'answer':
      return (
        <>
          {row.status} {row.statusText} after {durationText(row.afterMs)}
          <Headers headers={row.headers} />
        </>
      );
    case 'end':
      return (
        <>
          after {durationText(row.afterMs)}
          {row.bytes !== null && `, ${bytesText(row.bytes)}`}
          {row.change !== null && `: ${changeText(row.change)}${timesText(row.change.count)}`}
        </>
      );
    case 'status':
      return changeText(row) + timesText(row.count);
    case 'error':
      return (
        <>
          <code>{row.code}</code>
          {timesText(row.count)} {row.message} {futureText(row)}
        </>
      );
    case 'data':
      return (
        <>
          {dataText(row)} {row.newest !== null && <code className="newest">{row.newest}</code>}
        </>
      );
  }
}

function futureText(row: Extract<WireRow, { kind: 'error' }>): string {
  if (row.retryInMs !== null) return `Next request in ${secondsText(row.retryInMs, 1)}.`;
  return row.willRetry ? 'Another request follows at once.' : 'No request follows.';
}

/** The way of the data: over the wire, through the library, into React. */
function dataText({ chunks, bytes, messages, commits }: DataRow): string {
  const steps = [
    chunks > 0 && `${countText(chunks, 'chunk')}, ${bytesText(bytes)}`,
    messages > 0 && countText(messages, 'message'),
    commits > 0 && countText(commits, 'commit'),
  ];
  return steps.filter(Boolean).join(' → ');
}

function Headers({ headers }: { headers: readonly WireHeader[] }) {
  return (
    <span className="headers">
      {headers.map(([name, value]) => (
        <code key={name}>
          {name}: {value}
        </code>
      ))}
    </span>
  );
}
