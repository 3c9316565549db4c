import { act, render, renderHook } from '@testing-library/react';
import { StreamConfig, useDownload, useEventSource, useStreamingFetch } from 'rivulet';
import {
  createMockFetch,
  createMockStream,
  createTestEnvironment,
  type TestEnvironment,
} from 'rivulet/testing';
import { expect, test, vi } from 'vitest';

function setUp() {
  const mock = createMockFetch(() => createMockStream());
  return { mock, environment: createTestEnvironment({ fetch: mock.fetch }) };
}

test('a field of retry that is undefined leaves that of the provider', async () => {
  const mock = createMockFetch(() => {
    throw new TypeError('refused');
  });
  const environment = createTestEnvironment({ fetch: mock.fetch });
  function Feed() {
    useEventSource('/a', { environment, retry: { maxAttempts: undefined } });
    return null;
  }
  render(
    <StreamConfig retry={{ maxAttempts: 2 }}>
      <Feed />
    </StreamConfig>,
  );
  await act(() => environment.advance(20_000));
  expect(mock.requests).toHaveLength(2);
});

test('options that lose their other half are refused', () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const { environment } = setUp();
  const reduce = (count: number) => count + 1;
  // Only JavaScript lets half of the pair be given.
  function Feed({ options }: { options: object }) {
    useEventSource('/a', options);
    return null;
  }
  const view = render(<Feed options={{ environment, reduce, initialState: 0 }} />);
  expect(() => view.rerender(<Feed options={{ environment, reduce }} />)).toThrow('initialState');
});

test('a function as URL needs its key in every render', () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const { environment } = setUp();
  const url = () => '/a';
  function Feed({ options }: { options: { key: string } }) {
    useEventSource(url, options);
    return null;
  }
  const keyed = { environment, key: 'inbox' };
  const view = render(<Feed options={keyed} />);
  // The compiler would ask for the key, too.
  const keyless = { environment } as typeof keyed;
  expect(() => view.rerender(<Feed options={keyless} />)).toThrow('key');
});

/** What both hooks are given: a server that is down. */
function setUpDown() {
  const mock = createMockFetch(() => {
    throw new TypeError('refused');
  });
  const environment = createTestEnvironment({ fetch: mock.fetch });
  return { mock, environment, options: { environment, retry: {} } };
}

const urlOf = (ticket: number) => () => `/file?ticket=${ticket}`;

test.each([
  [
    'useStreamingFetch',
    (options: { environment: TestEnvironment }) => (ticket: number) =>
      useStreamingFetch(urlOf(ticket), options).start,
  ],
  [
    'useDownload',
    (options: { environment: TestEnvironment }) => (ticket: number) =>
      useDownload(urlOf(ticket), options).start,
  ],
])('%s asks the newest function for the URL at every attempt', async (_, useRequestOf) => {
  const { mock, environment, options } = setUpDown();
  const hook = renderHook<() => unknown, number>(useRequestOf(options), { initialProps: 1 });
  await act(async () => void hook.result.current());
  hook.rerender(2);
  await act(() => environment.advance(1000));
  const tickets = mock.requests.slice(0, 2).map(({ url }) => url);
  expect(tickets).toEqual(['/file?ticket=1', '/file?ticket=2']);
});
