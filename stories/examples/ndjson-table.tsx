'use client';

import { type ComponentProps, useState } from 'react';
import { type StreamError, useStreamingFetch } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

interface Level {
  readonly number: number;
  readonly river: string;
  readonly levelCm: number;
}

/** A table that fills as NDJSON rows arrive. A bad line is skipped and reported. */
export function NdjsonTable({ url = '/api/rows' }: { url?: string }) {
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
        <Button disabled={isBusy} onClick={load}>
          Load
        </Button>{' '}
        <Button disabled={!isBusy} onClick={abort}>
          Stop
        </Button>
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
      <h3 id="bad">Lines that are not JSON</h3>
      <ul aria-labelledby="bad" style={{ minBlockSize: '13rem' }}>
        {refused.map(({ message, cause }, index) => (
          <li key={index}>
            {message} {String(cause)}
          </li>
        ))}
      </ul>
    </section>
  );
}
