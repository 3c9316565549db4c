import { createEventSource } from '../../src/core/event-source/create-event-source.ts';
import type { EventSourceController } from '../../src/core/event-source/types.ts';
import { acrossTabs } from '../../src/share/across-tabs.ts';

/*
 * A page with one subscription. It keeps what it got where a test can read it, and measures how long it
 * heard nothing.
 */

declare global {
  interface Window {
    tab: {
      readonly source: EventSourceController;
      readonly got: number[];
      after: number | null;
      readonly errors: string[];
      readonly states: string[];
      longestSilence: number;
    };
  }
}

const got: number[] = [];
const errors: string[] = [];
const states: string[] = [];
let heardAt = performance.now();
const source = createEventSource('/events', {
  share: acrossTabs,
  onMessage({ data, lastEventId }) {
    const { tab } = window;
    tab.longestSilence = Math.max(tab.longestSilence, performance.now() - heardAt);
    heardAt = performance.now();
    if (data !== `event ${lastEventId}`) errors.push(data);
    tab.after ??= Number(lastEventId) - 1;
    got.push(Number(lastEventId));
  },
  onError: (error) => void errors.push(error.code),
  onStatusChange: (status) => void states.push(status),
});
window.tab = { source, got, after: null, errors, states, longestSilence: 0 };
source.subscribe(() => {
  const { status, lastEventId } = source.getSnapshot();
  if (status === 'open' && lastEventId !== '') window.tab.after ??= Number(lastEventId);
});
source.start();
