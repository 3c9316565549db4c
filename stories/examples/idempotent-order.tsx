'use client';

import { type ComponentProps, useState } from 'react';
import { useEventSource } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

interface Progress {
  readonly order: number;
  readonly step: string;
  /** Orders that this server has made so far. */
  readonly made: number;
}

interface IdempotentOrderProps {
  url?: string;
  /** Without it the POST is sent once, and a dropped connection is a failure. */
  withKey?: boolean;
}

/** Sends an order by POST, follows it, and survives a lost connection without ordering twice. */
export function IdempotentOrder({ url = '/api/orders', withKey = true }: IdempotentOrderProps) {
  const [key, setKey] = useState(''); // one for each order that the user means to make
  const { status, attempt, messages, data, error, reconnect } = useEventSource(
    key === '' ? null : url,
    {
      key,
      body: { item: 'canoe' }, // sent as JSON, by POST
      headers: { 'Idempotency-Key': withKey ? key : undefined },
      parse: (message): Progress => JSON.parse(message.data),
      endWhen: { event: 'end' }, // else a repeatable subscription would connect again
      retry: { baseDelayMs: 300 },
    },
  );
  const isBusy = status !== 'idle' && status !== 'done' && status !== 'failed';
  return (
    <section aria-label="Order">
      <p>
        <Button disabled={isBusy} onClick={() => setKey(crypto.randomUUID())}>
          Order a canoe
        </Button>{' '}
        <Button disabled={status !== 'failed'} onClick={reconnect}>
          Send again
        </Button>
      </p>
      <p>
        Status <output>{status}</output> attempt {attempt}
      </p>
      <h3 id="steps">Steps</h3>
      <div role="log" aria-labelledby="steps" style={{ minBlockSize: '7.5rem' }}>
        <ol>
          {messages.map(({ value }, index) => (
            <li key={`${index} ${value.step}`}>
              Order {value.order}: {value.step}
            </li>
          ))}
        </ol>
      </div>
      <p>Orders made at the server: {data?.made ?? 0}</p>
      <div style={{ minBlockSize: '7rem' }}>
        {error !== null && status === 'failed' && (
          <p role="alert">
            {error.message} Nobody knows how far the order got: it is not sent again by itself.
          </p>
        )}
      </div>
    </section>
  );
}
