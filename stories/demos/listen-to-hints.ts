type Listener = (hint: string) => void;

const listeners = new Set<Listener>();
let restore = (): void => {};

/** Puts itself between the library and the console; whatever else is said there goes on. */
function intercept(): void {
  const { warn } = console;
  console.warn = (...words: unknown[]) => {
    const [text] = words;
    if (typeof text !== 'string' || !text.startsWith('rivulet: ')) return warn(...words);
    for (const listener of listeners) listener(text);
  };
  restore = () => {
    console.warn = warn;
  };
}

/**
 * Hears what the library says to developers, in place of the console: a page that shows hints is no
 * page in trouble. There are none in production.
 */
export function listenToHints(listener: Listener): () => void {
  if (listeners.size === 0) intercept();
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) restore();
  };
}
