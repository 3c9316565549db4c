/*
 * How to test a component that streams: copy this file.
 *
 * `createMockFetch` takes the place of the network, `createMockStream` is a body that the test writes
 * step by step. Give the fetch to the component by a provider, as here, or stub the global one.
 */
import { fireEvent, render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { StreamConfig, useEventSource } from 'rivulet';
import { createMockFetch, createMockStream } from 'rivulet/testing';
import { expect, test } from 'vitest';

/** The component under test: it knows nothing of tests. */
function Price({ symbol }: { symbol: string }): ReactNode {
  const { status, data, error, reconnect } = useEventSource(`/api/prices/${symbol}`);
  if (status === 'failed') {
    return (
      <p role="alert">
        {error.message}
        <button type="button" onClick={reconnect}>
          Try again
        </button>
      </p>
    );
  }
  return <output>{data ?? status}</output>;
}

test('shows each price as it arrives', async () => {
  const stream = createMockStream();
  const mock = createMockFetch(() => stream);
  render(<Price symbol="ACME" />, {
    wrapper: ({ children }) => <StreamConfig fetch={mock.fetch}>{children}</StreamConfig>,
  });
  expect(screen.getByRole('status').textContent).toBe('connecting');

  stream.send('42.10');
  await screen.findByText('42.10');
  stream.send({ data: '42.15', id: 2 });
  await screen.findByText('42.15');

  expect(mock.requests.map(({ url }) => url)).toEqual(['/api/prices/ACME']);
});

test('says what went wrong, and connects again on request', async () => {
  const stream = createMockStream();
  const mock = createMockFetch((_, index) =>
    index === 0 ? new Response('No such symbol', { status: 404 }) : stream,
  );
  render(<Price symbol="ACNE" />, {
    wrapper: ({ children }) => <StreamConfig fetch={mock.fetch}>{children}</StreamConfig>,
  });
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('404');

  fireEvent.click(screen.getByRole('button', { name: 'Try again' }));
  stream.send('42.10');
  await screen.findByText('42.10');
});

test('lets go of the request when it unmounts', async () => {
  const mock = createMockFetch(() => createMockStream());
  const { unmount } = render(<Price symbol="ACME" />, {
    wrapper: ({ children }) => <StreamConfig fetch={mock.fetch}>{children}</StreamConfig>,
  });
  await screen.findByText('open');
  expect(mock.inProgress).toBe(1);

  unmount();
  await Promise.resolve();
  expect(mock.inProgress).toBe(0);
});
