const PREFIX = 'rivulet/wire/';

/** Whether a panel was left open in this session. */
export function wasLeftOpen(name: string): boolean {
  try {
    return sessionStorage.getItem(PREFIX + name) === 'open';
  } catch {
    // A browser can refuse all storage; then nothing is remembered.
    return false;
  }
}

/** Remembers how a panel was left, for this session. */
export function rememberOpen(name: string, isOpen: boolean): void {
  try {
    if (isOpen) sessionStorage.setItem(PREFIX + name, 'open');
    else sessionStorage.removeItem(PREFIX + name);
  } catch {
    // As above.
  }
}
