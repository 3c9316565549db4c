import { useState } from 'react';
import { type StreamError, useStreamingFetch } from 'rivulet';

interface Level {
  readonly number: number;
  readonly river: string;
  readonly levelCm: number;
}

/** A table that fills while the rows arrive, one JSON value a line; a bad line costs itself only. */
export function NdjsonTable({ url = './api/rows' }: { url?: string }) {
  const [refused, setRefused] = useState<readonly StreamError[]>([]);
  const { status, messages, dropped, error, start, abort } = useStreamingFetch<Level>(url, {
    framing: 'ndjson', // each line is parsed; give a `schema` to have it checked as well
    maxMessages: 8,
    onError: (trouble) => {
      if (trouble.code === 'parse') setRefused((all) => [...all, trouble]);
    },
  });
  const load = () => {
    setRefused([]);
    void start();
  };
  const isBusy = status === 'connecting' || status === 'open';
  return (
    <section aria-label="Levels">
      <p>
        <button type="button" disabled={isBusy} onClick={load}>
          Load
        </button>{' '}
        <button type="button" disabled={!isBusy} onClick={abort}>
          Stop
        </button>
      </p>
      <p>
        Status <output>{status}</output> {dropped + messages.length} rows, {refused.length} refused
      </p>
      <div style={{ minBlockSize: '22rem' }}>
        <table aria-busy={isBusy}>
          <caption>The newest rows</caption>
          <thead>
            <tr>
              <th scope="col">Number</th>
              <th scope="col">River</th>
              <th scope="col">Level</th>
            </tr>
          </thead>
          <tbody>
            {messages.map(({ value }) => (
              <tr key={value.number}>
                <td>{value.number}</td>
                <td>{value.river}</td>
                <td>{value.levelCm} cm</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {error !== null && <p role="alert">{error.message}</p>}
      <h3 id="bad">Lines that are no JSON</h3>
      <ul aria-labelledby="bad" style={{ minBlockSize: '13rem' }}>
        {refused.map(({ message }) => (
          <li key={message}>{message}</li>
        ))}
      </ul>
    </section>
  );
}
