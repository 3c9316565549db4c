/*
 * How to test what takes time, such as a retry, with the fake timers of Vitest: copy this file.
 *
 * Move the clock with `advanceTimersByTimeAsync`, inside `act`: it lets promises settle in between,
 * and the page is up to date afterwards.
 */
import { act, render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { StreamConfig, useEventSource } from 'rivulet';
import { createMockFetch, createMockStream, type MockFetch } from 'rivulet/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

/** The component under test: a feed that says when it will try again. */
function Feed(): ReactNode {
  const { status, messages, attempt } = useEventSource('/api/feed');
  return (
    <>
      <p>{status === 'waiting' ? `Connection lost, attempt ${attempt}` : status}</p>
      <ul>
        {messages.map(({ lastEventId, data }) => (
          <li key={lastEventId}>{data}</li>
        ))}
      </ul>
    </>
  );
}

const renderFeed = ({ fetch }: MockFetch) =>
  render(<Feed />, {
    wrapper: ({ children }) => <StreamConfig fetch={fetch}>{children}</StreamConfig>,
  });
const advance = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const items = () => screen.queryAllByRole('listitem').map(({ textContent }) => textContent);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('resumes after a lost connection where it stopped', async () => {
  const streams = [createMockStream(), createMockStream()] as const;
  const mock = createMockFetch((_, index) => streams[index === 0 ? 0 : 1]);
  renderFeed(mock);
  await advance(0);

  streams[0].send({ data: 'first', id: 1 });
  await advance(16);
  expect(items()).toEqual(['first']);

  streams[0].fail();
  await advance(0);
  expect(screen.getByText('Connection lost, attempt 1')).toBeDefined();
  expect(mock.requests).toHaveLength(1);

  // The first delay is random, from 100 to 1,100 ms.
  await advance(1100);
  expect(screen.getByText('open')).toBeDefined();
  expect(mock.requests[1]?.headers.get('last-event-id')).toBe('1');

  streams[1].send({ data: 'second', id: 2 });
  await advance(16);
  expect(items()).toEqual(['first', 'second']);
});

test('leaves no timer behind', async () => {
  const { unmount } = renderFeed(createMockFetch(() => createMockStream()));
  await advance(1000);
  expect(vi.getTimerCount()).toBeGreaterThan(0);

  unmount();
  await advance(0);
  expect(vi.getTimerCount()).toBe(0);
});
