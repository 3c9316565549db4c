import type { Finding } from '../../test/bench/framework/contest.ts';
import { isOurs, measureName, readable, withUnit } from './format.ts';
import { createLogScale } from './log-scale.ts';

const HEIGHT = 240;
/** Room for the labels of the axes. */
const [TOP, BOTTOM] = [12, 28];

interface Point {
  readonly size: number;
  readonly cost: number;
}

/** The measured points of each contestant, smallest task first. */
function curvesOf({ contestants, measure }: Finding): ReadonlyMap<string, readonly Point[]> {
  const curves = new Map<string, Point[]>();
  for (const { name, size, costs } of contestants) {
    const { [measure]: spread } = costs;
    if (spread === undefined || size === undefined) continue;
    curves.set(name, [...(curves.get(name) ?? []), { size, cost: spread.median }]);
  }
  return curves;
}

/** A curve for each contestant; both axes are logarithmic, so that linear growth is a diagonal. */
export function GrowthPlot({ finding }: { finding: Finding }) {
  const { measure, title, unit = '' } = finding;
  const curves = curvesOf(finding);
  const points = [...curves.values()].flat();
  if (points.length === 0) return null;
  const sizes = createLogScale(points.map(({ size }) => size));
  const costs = createLogScale(points.map(({ cost }) => cost));
  const x = (size: number) => `${4 + 0.92 * sizes.percent(size)}%`;
  const y = (cost: number) =>
    HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * costs.percent(cost)) / 100;
  const shown = [...new Set(points.map(({ size }) => size))];
  const summary = [...curves].map(([name, curve]) => {
    const each = curve.map(({ size, cost }) => `${readable(size)}: ${withUnit(measure, cost)}`);
    return `${name}: ${each.join(', ')}`;
  });
  return (
    <figure
      aria-label={`${title}: ${measureName(measure)} by ${unit}, both logarithmic. ${summary.join('; ')}.`}
    >
      <svg className="plot" height={HEIGHT} aria-hidden="true">
        {costs.ticks.map((tick) => (
          <g key={tick}>
            <line className="grid" x1="0%" x2="100%" y1={y(tick)} y2={y(tick)} />
            <text className="tick" x={0} y={y(tick) - 4}>
              {withUnit(measure, tick)}
            </text>
          </g>
        ))}
        {shown.map((size) => (
          <text
            className="tick"
            key={size}
            x={x(size)}
            y={HEIGHT - 8}
            textAnchor={sizes.percent(size) > 70 ? 'end' : 'middle'}
          >
            {readable(size)}
          </text>
        ))}
        {[...curves].map(([name, curve]) => (
          <g key={name} className={isOurs(name) ? 'ours' : 'peer'}>
            {curve.slice(1).map((point, index) => {
              const before = curve[index] ?? point;
              return (
                <line
                  key={point.size}
                  className="curve"
                  x1={x(before.size)}
                  y1={y(before.cost)}
                  x2={x(point.size)}
                  y2={y(point.cost)}
                />
              );
            })}
            {curve.map(({ size, cost }) => (
              <circle key={size} cx={x(size)} cy={y(cost)} r={5} />
            ))}
            <text className="label" x={x(curve[0]?.size ?? 0)} y={y(curve[0]?.cost ?? 1) - 10}>
              {name}
            </text>
          </g>
        ))}
      </svg>
    </figure>
  );
}
