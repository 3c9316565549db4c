import { useState } from 'react';
import { StreamConfig, useEventSource } from 'rivulet';
import { createMockFetch, createMockStream } from 'rivulet/testing';

/** The component under test: it knows nothing of tests. */
function Prices() {
  const { status, attempt, messages, error } = useEventSource('/api/prices', { maxMessages: 4 });
  return (
    <section aria-label="The component" style={{ minBlockSize: '14rem' }}>
      <h3>The component</h3>
      <p>
        <output aria-label="Status">{status}</output> attempt {attempt}
      </p>
      <ul>
        {messages.map(({ lastEventId, data }) => (
          <li key={lastEventId}>{data}</li>
        ))}
      </ul>
      {error !== null && <p role="alert">{error.message}</p>}
    </section>
  );
}

/** A network in the hands of whoever calls it: each request gets the next stream. */
function createNetwork() {
  let stream = createMockStream();
  let sent = 0;
  const mock = createMockFetch(() => {
    if (!stream.isOpen) stream = createMockStream();
    return stream;
  });
  return {
    fetch: mock.fetch,
    requests: mock.requests,
    send(): void {
      sent += 1;
      stream.send({ id: sent, data: `${(42 + sent / 10).toFixed(2)}` });
    },
    sendHalf(): void {
      stream.write(`id: ${sent + 1}\ndata: 4`);
    },
    drop: () => stream.fail(),
    close: () => stream.close(),
  };
}

/** A component over a scripted stream, with the script in the reader's hands. */
export function ScriptedStream() {
  const [network] = useState(createNetwork);
  const [requests, setRequests] = useState<readonly string[]>([]);
  const steps = [
    ['stream.send({ id, data })', network.send],
    ["stream.write('data: 4')", network.sendHalf],
    ['stream.fail()', network.drop],
    ['stream.close()', network.close],
  ] as const;
  const listRequests = () =>
    setRequests(
      network.requests.map(({ url, headers }) => {
        const id = headers.get('last-event-id');
        return id === null ? url : `${url} Last-Event-ID: ${id}`;
      }),
    );
  return (
    <>
      <section aria-label="The script" style={{ display: 'flex', flexWrap: 'wrap', gap: '0.5rem' }}>
        {steps.map(([name, run]) => (
          <button key={name} type="button" onClick={run} style={{ font: 'inherit' }}>
            <code>{name}</code>
          </button>
        ))}
      </section>
      <StreamConfig fetch={network.fetch} onStatusChange={listRequests}>
        <Prices />
      </StreamConfig>
      <div data-aside="" style={{ minBlockSize: '5rem' }}>
        <code>mock.requests</code>
        <ol>
          {requests.map((request, index) => (
            <li key={`${index} ${request}`}>
              <code>{request}</code>
            </li>
          ))}
        </ol>
      </div>
    </>
  );
}
