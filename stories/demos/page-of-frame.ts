/**
 * Tells a page that the browser froze it or lets it run again. Its scripts run on: this emulates what
 * the browser *says*.
 */
export function pretendFrozen(page: Document, isFrozen: boolean): void {
  page.dispatchEvent(new Event(isFrozen ? 'freeze' : 'resume'));
}

/** Tells a page that it is hidden, or shown again, as when another tab is chosen. */
export function pretendHidden(page: Document, isHidden: boolean): void {
  const told = { hidden: true, visibilityState: 'hidden' };
  for (const [name, value] of Object.entries(told)) {
    if (isHidden) Object.defineProperty(page, name, { configurable: true, value });
    else Reflect.deleteProperty(page, name);
  }
  page.dispatchEvent(new Event('visibilitychange'));
}
