import type { Finding } from '../../test/bench/framework/contest.ts';
import { labelOf, measureName, readable, withUnit } from './format.ts';

/** What every contestant paid, and why one was not measured. */
export function CostTable({ finding }: { finding: Finding }) {
  const { contestants } = finding;
  const measures = [...new Set(contestants.flatMap(({ costs }) => Object.keys(costs)))];
  return (
    <table>
      <caption>Medians of {finding.rounds} rounds</caption>
      <thead>
        <tr>
          <th scope="col">Contestant</th>
          {measures.map((measure) => (
            <th scope="col" key={measure}>
              {measureName(measure)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {contestants.map((contestant) => (
          <tr key={labelOf(contestant, finding)}>
            <th scope="row">{labelOf(contestant, finding)}</th>
            {contestant.fault === null ? (
              measures.map((measure) => {
                const { [measure]: spread } = contestant.costs;
                return <td key={measure}>{spread && withUnit(measure, spread.median)}</td>;
              })
            ) : (
              <td colSpan={measures.length}>failed: {contestant.fault}</td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
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
            <td>
              {value === null
                ? 'not measured'
                : `${readable(value.median)} (${readable(value.low)} to ${readable(value.high)})`}
            </td>
            <td>{reached ? 'reached' : <strong>missed</strong>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
