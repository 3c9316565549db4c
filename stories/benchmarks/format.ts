import type { ContestantFinding, Finding } from '../../test/bench/framework/contest.ts';

const TIMES = ['cpu', 'script', 'layout', 'wall'];
const SIZES = ['heap', 'memory'];

/** What a measure is called where people read it. */
const MEASURE_NAMES: Readonly<Record<string, string>> = {
  cpu: 'processor time',
  heap: 'peak heap',
  memory: 'memory',
  script: 'script time',
};

export function measureName(measure: string): string {
  return MEASURE_NAMES[measure] ?? measure;
}

/** A number as people write it, with at most three significant digits. */
export function readable(number: number): string {
  return number.toLocaleString('en', { maximumSignificantDigits: 3 });
}

/** A number for a narrow place: `10k`. */
export function short(number: number): string {
  return number.toLocaleString('en', { notation: 'compact' });
}

/** A cost with its unit: times come in ms, sizes in bytes, all else are counts. */
export function withUnit(measure: string, cost: number): string {
  if (TIMES.includes(measure)) {
    return cost >= 1000 ? `${readable(cost / 1000)} s` : `${readable(cost)} ms`;
  }
  if (!SIZES.includes(measure)) return readable(cost);
  if (cost >= 1e9) return `${readable(cost / 1e9)} GB`;
  return cost >= 1e6 ? `${readable(cost / 1e6)} MB` : `${readable(cost / 1000)} kB`;
}

/** A contestant with the size of its task, where tasks differ in size. */
export function labelOf({ name, size }: ContestantFinding, { unit }: Finding): string {
  return size === undefined ? name : `${name}, ${size.toLocaleString('en')} ${unit ?? ''}`;
}

/** Whether a contestant is this library, in whatever form. */
export function isOurs(name: string): boolean {
  return name === 'rivulet' || name.startsWith('rivulet,') || name.startsWith('rivulet ');
}
