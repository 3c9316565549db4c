import type { ContestantFinding, Finding, Spread } from '../../test/bench/framework/contest.ts';
import { labelOf, measureName, readable, withUnit } from './format.ts';

/** What a contestant paid besides: in words, for a phone has no room for six columns. */
function besides({ costs }: ContestantFinding, drawn: string): string {
  return Object.entries(costs)
    .filter(([measure]) => measure !== drawn)
    .map(([measure, { median }]) => `${measureName(measure)} ${withUnit(measure, median)}`)
    .join(', ');
}

/** What every contestant paid, and why one was not measured. */
export function CostTable({ finding }: { finding: Finding }) {
  const { contestants, measure, rounds } = finding;
  const hasMore = contestants.some((contestant) => besides(contestant, measure) !== '');
  return (
    <table>
      <caption>Medians; rounds: {rounds}</caption>
      <thead>
        <tr>
          <th scope="col">Contestant</th>
          <th scope="col">{measureName(measure)}</th>
          {hasMore && <th scope="col">besides</th>}
        </tr>
      </thead>
      <tbody>
        {contestants.map((contestant) => {
          const { fault, costs } = contestant;
          const { [measure]: spread } = costs;
          return (
            <tr key={labelOf(contestant, finding)}>
              <th scope="row">{labelOf(contestant, finding)}</th>
              {fault === null ? (
                <>
                  <td>{spread && withUnit(measure, spread.median)}</td>
                  {hasMore && <td>{besides(contestant, measure)}</td>}
                </>
              ) : (
                <td colSpan={hasMore ? 2 : 1}>failed: {fault}</td>
              )}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** A median with the extremes, where there are any. */
function withRange({ low, median, high }: Spread): string {
  const range = low === high ? '' : ` (${readable(low)} to ${readable(high)})`;
  return `${readable(median)}${range}`;
}

/** Every target with what was found, misses as plainly as hits. */
export function TargetTable({ finding }: { finding: Finding }) {
  return (
    <table>
      <caption>Targets</caption>
      <thead>
        <tr>
          <th scope="col">Measure</th>
          <th scope="col">Goal</th>
          <th scope="col">Found</th>
          <th scope="col">Verdict</th>
        </tr>
      </thead>
      <tbody>
        {finding.targets.map(({ label, is, goal, value, reached }) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td>
              {is} {readable(goal)}
            </td>
            <td>{value === null ? 'not measured' : withRange(value)}</td>
            <td>{reached ? 'reached' : <strong>missed</strong>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
