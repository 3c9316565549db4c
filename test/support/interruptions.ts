import type { TestEnvironment } from 'rivulet/testing';

/** The page is frozen and thawed, as browsers do with hidden tabs. */
export function freeze(page: TestEnvironment): void {
  page.signal({ type: 'freeze' });
  page.signal({ type: 'resume' });
}

/** The page goes into the back/forward cache. */
export function leaveIntoCache(page: TestEnvironment): void {
  page.signal({ type: 'pagehide', persisted: true });
  page.setVisible(false);
  page.signal({ type: 'freeze' });
}

/** The page comes back from the back/forward cache. */
export function comeBackFromCache(page: TestEnvironment): void {
  page.signal({ type: 'resume' });
  page.signal({ type: 'pageshow', persisted: true });
  page.setVisible(true);
}

/** The browser notices that the network is gone, and back. */
export function goOfflineAndBack(page: TestEnvironment): void {
  page.setOnline(false);
  page.setOnline(true);
}

/** The clock goes on and no timer fires, as when the machine sleeps. */
export function sleep(page: TestEnvironment, ms: number): void {
  page.skip(ms);
}
