const format = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

/** A number of bytes, readable: `42 B`, `1.2 kB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${format.format(bytes / 1e3)} kB` : `${format.format(bytes / 1e6)} MB`;
}

/** A time as seconds. */
export function secondsText(ms: number, digits = 2): string {
  return `${(ms / 1000).toFixed(digits)} s`;
}

/** A short time: `14 ms`, from a second on `1.2 s`. */
export function durationText(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : secondsText(ms, 1);
}

/** So many of something: `1 chunk`, `12 chunks`. */
export function countText(count: number, noun: string): string {
  return `${format.format(count)} ${noun}${count === 1 ? '' : 's'}`;
}
