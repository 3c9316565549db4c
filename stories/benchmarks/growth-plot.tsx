import type { Finding } from '../../test/bench/framework/contest.ts';
import { isOurs, measureName, readable, short, withUnit } from './format.ts';
import { createLogScale } from './log-scale.ts';

const HEIGHT = 240;
/** Room for the labels of the axes. */
const [TOP, BOTTOM] = [24, 28];
/** Where the smallest and the largest tasks stand, in percent. */
const [LEFT, RIGHT] = [14, 98];

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

/** The least distance between the names of two curves. */
const LINE = 16;

/**
 * Where the names of curves stand: above their first points, moved up where they would cover others.
 *
 * @param wanted The first point of each curve, in pixels from the top.
 */
function placeNames(wanted: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  let free = Number.POSITIVE_INFINITY;
  for (const [name, y] of [...wanted].toSorted(([, left], [, right]) => right - left)) {
    const place = Math.min(y - 10, free);
    places.set(name, place);
    free = place - LINE;
  }
  return places;
}

/** A curve for each contestant; both axes are logarithmic, so that linear growth is a diagonal. */
export function GrowthPlot({ finding }: { finding: Finding }) {
  const { measure, title, unit = '' } = finding;
  const curves = curvesOf(finding);
  const points = [...curves.values()].flat();
  if (points.length === 0) return null;
  const shown = [...new Set(points.map(({ size }) => size))];
  const [smallest, largest] = [Math.min(...shown), Math.max(...shown)];
  const costs = createLogScale(points.map(({ cost }) => cost));
  const share = (size: number) => Math.log(size / smallest) / Math.log(largest / smallest);
  const x = (size: number) => `${LEFT + (RIGHT - LEFT) * (shown.length > 1 ? share(size) : 0)}%`;
  const y = (cost: number) =>
    HEIGHT - BOTTOM - ((HEIGHT - TOP - BOTTOM) * costs.percent(cost)) / 100;
  const names = placeNames(
    new Map([...curves].map(([name, [first]]) => [name, y(first?.cost ?? 1)])),
  );
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
            textAnchor={size === largest ? 'end' : 'start'}
          >
            {short(size)}
          </text>
        ))}
        {[...curves].map(([name, curve]) => (
          <g key={name} className={isOurs(name) ? 'ours' : 'peer'}>
            <text className="label" x={x(curve[0]?.size ?? 1)} y={names.get(name)}>
              {name}
            </text>
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
          </g>
        ))}
      </svg>
    </figure>
  );
}
