import { detach } from './detach-texts.ts';

/** The newest value of each event name. */
export interface Latest {
  push(message: { readonly event: string; readonly value: unknown }): void;
  clear(): void;
  /** An object without a prototype; the same one until something changes. */
  snapshot(): Readonly<Record<string, unknown>>;
}

/** A server that invents names without end must not fill the memory. */
const MAX_NAMES = 1000;

/** Keeps the newest value of each event name, for at most 1,000 names. */
export function createLatest(seed: Readonly<Record<string, unknown>> = {}): Latest {
  const values = new Map<string, unknown>(Object.entries(seed));
  /** The newest value, which goes into the map when another name comes: most streams have one name. */
  let name: string | undefined;
  let newest: unknown;
  let snapshot: Readonly<Record<string, unknown>> | undefined;

  function store(): void {
    if (name === undefined) return;
    values.set(detach(name), typeof newest === 'string' ? detach(newest) : newest);
    if (values.size <= MAX_NAMES) return;
    for (const oldest of values.keys()) {
      values.delete(oldest);
      return;
    }
  }

  return {
    push({ event, value }) {
      snapshot = undefined;
      if (event !== name) {
        store();
        name = event;
      }
      newest = value;
    },
    clear() {
      values.clear();
      name = snapshot = undefined;
    },
    snapshot() {
      store();
      // Without a prototype, so that no event name means anything else.
      snapshot ??= Object.assign(Object.create(null), Object.fromEntries(values));
      return snapshot ?? {};
    },
  };
}
