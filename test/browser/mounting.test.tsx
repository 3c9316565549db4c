import { Activity, StrictMode } from 'react';
import { useEventSource } from 'rivulet';
import { describe, expect, inject, test } from 'vitest';
import { render } from 'vitest-browser-react';
import type { ServerRecord } from './event-server.ts';

const server = inject('eventServer');

/** Three events, and the connection stays open. */
const feedUrl = (id: string) => `${server}/burst?count=3&id=${id}`;

function Feed({ id }: { readonly id: string }) {
  const { status, data, close } = useEventSource(feedUrl(id));
  return (
    <button type="button" onClick={close}>
      {`${id} ${status} ${data}`}
    </button>
  );
}

async function recordOf(id: string): Promise<ServerRecord> {
  const response = await fetch(`${server}/stats?id=${id}`);
  return response.json();
}

/** Waits until the server has seen these requests of an id, and so many of them are open. */
function expectRequests(id: string, resumedAfter: number[], open: number): Promise<void> {
  return expect.poll(() => recordOf(id), { timeout: 30_000 }).toEqual({ resumedAfter, open });
}

describe('decision 9: a component of development React, and a server that counts', () => {
  test('StrictMode sends one request; it closes with the component', async () => {
    const screen = await render(
      <StrictMode>
        <Feed id="strict" />
      </StrictMode>,
    );
    await expect.element(screen.getByText('strict open 3')).toBeVisible();
    await expectRequests('strict', [0], 1);
    await screen.unmount();
    await expectRequests('strict', [0], 0);
  });

  test('close() closes the request, and no other follows', async () => {
    const screen = await render(<Feed id="closing" />);
    await screen.getByText('closing open 3').click();
    await expect.element(screen.getByText('closing aborted 3')).toBeVisible();
    await expectRequests('closing', [0], 0);
  });

  test('decision 10: another URL closes the request of the first', async () => {
    const screen = await render(<Feed id="first" />);
    await expect.element(screen.getByText('first open 3')).toBeVisible();
    await screen.rerender(<Feed id="second" />);
    await expect.element(screen.getByText('second open 3')).toBeVisible();
    await expectRequests('first', [0], 0);
    await expectRequests('second', [0], 1);
  });

  test('a hidden Activity closes the request; shown again it resumes', async () => {
    const feed = (mode: 'hidden' | 'visible') => (
      <Activity mode={mode}>
        <Feed id="activity" />
      </Activity>
    );
    const screen = await render(feed('visible'));
    await expect.element(screen.getByText('activity open 3')).toBeVisible();
    await screen.rerender(feed('hidden'));
    await expectRequests('activity', [0], 0);
    await screen.rerender(feed('visible'));
    await expectRequests('activity', [0, 3], 1);
    await expect.element(screen.getByText('activity open 3')).toBeVisible();
  });
});
