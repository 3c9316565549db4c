'use client';

import { useState } from 'react';
import { type StandardSchema, type StreamError, useEventSource } from 'rivulet';

interface Reading {
  readonly number: number;
  readonly celsius: number;
}

const isReading = (value: unknown): value is Reading =>
  typeof value === 'object' &&
  value !== null &&
  'number' in value &&
  typeof value.number === 'number' &&
  'celsius' in value &&
  typeof value.celsius === 'number';

/** A Standard Schema by hand. One of zod, valibot or arktype stands here as it is. */
const reading: StandardSchema<Reading> = {
  '~standard': {
    version: 1,
    vendor: 'app',
    validate: (value) =>
      isReading(value)
        ? { value }
        : { issues: [{ message: 'must be a number', path: ['celsius'] }] },
  },
};

/** JSON that is checked against a schema: bad messages are reported, and the stream continues. */
export function ValidatedReadings({ url = '/api/invalid-json' }: { url?: string }) {
  const [refused, setRefused] = useState<readonly StreamError[]>([]);
  const { status, messages } = useEventSource(url, {
    schema: reading, // makes the value of a message a Reading
    maxMessages: 8,
    onError: (error) => {
      const isBad = error.code === 'parse' || error.code === 'invalid';
      if (isBad) setRefused((all) => [...all.slice(-2), error]);
    },
  });
  return (
    <section aria-label="Validated readings">
      <p>
        Status <output>{status}</output>
      </p>
      <div style={{ minBlockSize: '20rem' }}>
        <table>
          <caption>Readings</caption>
          <thead>
            <tr>
              <th scope="col">Number</th>
              <th scope="col">°C</th>
            </tr>
          </thead>
          <tbody>
            {messages.map(({ lastEventId, value }) => (
              <tr key={lastEventId}>
                <td>{value.number}</td>
                <td>{value.celsius.toFixed(1)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <h3 id="refused">Refused, newest last</h3>
      <div role="log" aria-labelledby="refused" style={{ minBlockSize: '12rem' }}>
        {refused.map((error, index) => (
          <p key={`${index} ${error.message}`}>
            <code>{error.code}</code> {error.message}
          </p>
        ))}
      </div>
    </section>
  );
}
