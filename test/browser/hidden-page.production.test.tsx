import { useEventSource } from 'rivulet';
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { burstFetch, numbersTo } from '../support/event-burst.ts';
import { createMeteredRoot, type MeteredRoot } from '../support/render-meter.ts';

const server = inject('eventServer');

let metered: MeteredRoot;

beforeEach(async () => {
  metered = await createMeteredRoot();
  vi.stubGlobal('requestAnimationFrame', () => 0);
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(true);
});

afterEach(() => {
  metered.root.unmount();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('decision 13: on a page that is hidden and gets no frames', () => {
  test.each([
    ['a burst of 10,000 events', 10_000, '/burst', burstFetch(10_000)],
    ['1,000 events a second', 3000, `${server}/steady?count=3000&perSecond=1000`, undefined],
  ])(
    '%s gives at most a commit for each 100 ms and five, the last with every event',
    async (_, count, url, fetch) => {
      const received: number[] = [];
      const statuses = new Set<string>();
      function Counter() {
        const { state, data } = useEventSource<string, number>(url, {
          fetch,
          reduce: (sum) => sum + 1,
          initialState: 0,
          onMessage: (message) => void received.push(Number(message.data)),
          onStatusChange: (status) => void statuses.add(status),
        });
        return `${state} ${data}`;
      }
      metered.root.render(<Counter />);
      const { commits, elapsedMs } = await metered.shows(`${count} ${count}`);
      expect(commits).toBeGreaterThan(1);
      expect(commits).toBeLessThanOrEqual(elapsedMs / 100 + 5);
      expect(received).toEqual(numbersTo(count));
      expect([...statuses]).toEqual(['connecting', 'open']);
    },
  );
});
