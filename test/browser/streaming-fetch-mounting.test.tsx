import { Activity, StrictMode, useState } from 'react';
import { useStreamingFetch } from 'rivulet';
import { describe, expect, inject, test } from 'vitest';
import { render } from 'vitest-browser-react';
import type { ServerRecord } from './event-server.ts';

const server = inject('eventServer');

interface AnswerProps {
  readonly id: string;
  readonly autoStart?: boolean;
}

/** Three events by POST, and the answer stays open. */
function Answer({ id, autoStart = false }: AnswerProps) {
  const [ends, setEnds] = useState('');
  const { status, text, start } = useStreamingFetch(`${server}/burst?count=3&id=${id}`, {
    method: 'POST',
    body: 'prompt',
    autoStart,
  });
  const ask = async () => {
    const { reason } = await start();
    setEnds((known) => `${known} ${reason}`);
  };
  return (
    <button type="button" onClick={ask}>
      {`${id} ${status} ${text}${ends}`}
    </button>
  );
}

async function recordOf(id: string): Promise<ServerRecord> {
  const response = await fetch(`${server}/stats?id=${id}`);
  return response.json();
}

/** Waits until the server has seen so many requests of an id, and so many of them are open. */
function expectRequests(id: string, count: number, open: number): Promise<void> {
  const resumedAfter = Array.from({ length: count }, () => 0);
  return expect.poll(() => recordOf(id), { timeout: 30_000 }).toEqual({ resumedAfter, open });
}

describe('decision 9: a streamed answer in development React, and a server that counts', () => {
  test('StrictMode with `autoStart` sends one request; it closes with the component', async () => {
    const screen = await render(
      <StrictMode>
        <Answer id="auto" autoStart />
      </StrictMode>,
    );
    await expect.element(screen.getByText('auto open 123')).toBeVisible();
    await expectRequests('auto', 1, 1);
    await screen.unmount();
    await expectRequests('auto', 1, 0);
  });

  test('StrictMode sends nothing before it is started, and then one request', async () => {
    const screen = await render(
      <StrictMode>
        <Answer id="manual" />
      </StrictMode>,
    );
    await screen.getByText('manual idle').click();
    await expect.element(screen.getByText('manual open 123')).toBeVisible();
    await expectRequests('manual', 1, 1);
    await screen.unmount();
    await expectRequests('manual', 1, 0);
  });

  test('decision 11: a second start closes the request of the first', async () => {
    const screen = await render(<Answer id="twice" />);
    await screen.getByText('twice idle').click();
    await screen.getByText('twice open 123').click();
    await expect.element(screen.getByText('twice open 123 superseded')).toBeVisible();
    await expectRequests('twice', 2, 1);
  });

  test('a hidden Activity closes the request; shown again it does not repeat it', async () => {
    const page = (mode: 'hidden' | 'visible') => (
      <Activity mode={mode}>
        <Answer id="hiding" autoStart />
      </Activity>
    );
    const screen = await render(page('visible'));
    await expect.element(screen.getByText('hiding open 123')).toBeVisible();
    await screen.rerender(page('hidden'));
    await expectRequests('hiding', 1, 0);
    await screen.rerender(page('visible'));
    await expect.element(screen.getByText('hiding aborted 123')).toBeVisible();
    await screen.getByText('hiding aborted 123').click();
    await expect.element(screen.getByText('hiding open 123')).toBeVisible();
    await expectRequests('hiding', 2, 1);
  });
});
