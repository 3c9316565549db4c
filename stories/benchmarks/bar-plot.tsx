import type { Finding } from '../../test/bench/framework/contest.ts';
import { isOurs, measureName, withUnit } from './format.ts';
import { createLogScale } from './log-scale.ts';

const ROW = 44;
const AXIS = 24;

/** A bar for each contestant that was measured, the cheapest first, on a logarithmic scale. */
export function BarPlot({ finding }: { finding: Finding }) {
  const { measure, title } = finding;
  const bars = finding.contestants
    .flatMap(({ name, costs }) => {
      const { [measure]: spread } = costs;
      return spread === undefined ? [] : [{ name, spread }];
    })
    .toSorted((left, right) => left.spread.median - right.spread.median);
  if (bars.length === 0) return null;
  const scale = createLogScale(bars.flatMap(({ spread }) => [spread.low, spread.high]));
  const height = bars.length * ROW + AXIS;
  const summary = bars.map(({ name, spread }) => `${name} ${withUnit(measure, spread.median)}`);
  return (
    <figure aria-label={`${title}: ${measureName(measure)}, logarithmic. ${summary.join(', ')}.`}>
      <svg className="plot" height={height} aria-hidden="true">
        {scale.ticks.map((tick) => (
          <g key={tick}>
            <line
              className="grid"
              x1={`${scale.percent(tick)}%`}
              x2={`${scale.percent(tick)}%`}
              y1={0}
              y2={height - AXIS}
            />
            <text
              className="tick"
              x={`${scale.percent(tick)}%`}
              y={height - 8}
              textAnchor={scale.percent(tick) > 80 ? 'end' : 'start'}
            >
              {withUnit(measure, tick)}
            </text>
          </g>
        ))}
        {bars.map(({ name, spread }, index) => (
          <g key={name} className={isOurs(name) ? 'ours' : 'peer'}>
            <text className="label" x={0} y={index * ROW + 16}>
              {name}: {withUnit(measure, spread.median)}
            </text>
            <rect
              x={0}
              y={index * ROW + 22}
              height={12}
              width={`${Math.max(0.5, scale.percent(spread.median))}%`}
              rx={2}
            />
            <line
              className="spread"
              x1={`${scale.percent(spread.low)}%`}
              x2={`${scale.percent(spread.high)}%`}
              y1={index * ROW + 28}
              y2={index * ROW + 28}
            />
          </g>
        ))}
      </svg>
    </figure>
  );
}
