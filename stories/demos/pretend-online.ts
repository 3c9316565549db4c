/**
 * Tells the page that the network is there or not, as the browser would. The network itself stays:
 * this emulates what the browser *says*.
 */
export function pretendOnline(online: boolean): void {
  if (online) Reflect.deleteProperty(navigator, 'onLine');
  else Object.defineProperty(navigator, 'onLine', { configurable: true, value: false });
  dispatchEvent(new Event(online ? 'online' : 'offline'));
}
