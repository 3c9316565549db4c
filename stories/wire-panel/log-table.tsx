import { memo } from 'react';
import { changeText, type DataRow, type WireHeader, type WireRow } from './wire-rows.ts';
import { bytesText, countText, durationText, secondsText } from './wire-text.ts';

/** The newest rows of the log, newest first. */
export function LogTable({ rows }: { rows: readonly WireRow[] }) {
  return (
    <div className="log" role="log" aria-label="Wire log" aria-live="off" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">At</th>
            <th scope="col">What happened, newest first</th>
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
    <tr data-kind={row.kind}>
      <td className="at">{secondsText(row.at)}</td>
      <td>
        <Row row={row} />
      </td>
    </tr>
  );
});

const timesText = (count: number) => (count === 1 ? '' : ` ×${count}`);

function Row({ row }: { row: WireRow }) {
  switch (row.kind) {
    case 'request':
      return (
        <>
          <b>Request {row.number}</b> {row.method} <span className="url">{row.url}</span>
          <Headers headers={row.headers} />
        </>
      );
    case 'answer':
      return (
        <>
          <b>Answer {row.number}</b> {row.status} {row.statusText} after {durationText(row.afterMs)}
          <Headers headers={row.headers} />
        </>
      );
    case 'end':
      return (
        <>
          <b>End {row.number}</b> after {durationText(row.afterMs)}
          {row.bytes !== null && `, ${bytesText(row.bytes)}`}
          {row.change !== null && `, ${changeText(row.change)}${timesText(row.change.count)}`}
        </>
      );
    case 'status':
      return (
        <>
          <b>Status</b> {changeText(row)}
          {timesText(row.count)}
        </>
      );
    case 'error':
      return (
        <>
          <b>Error</b> <code>{row.code}</code>
          {timesText(row.count)} {row.message} {futureText(row)}
        </>
      );
    case 'data':
      return (
        <>
          <b>{row.chunks + row.messages === 0 ? 'React' : 'Data'}</b> {dataText(row)}
          {row.newest !== null && <span className="newest">{row.newest}</span>}
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
        <span key={name}>
          {name}: {value}
        </span>
      ))}
    </span>
  );
}
