import type { Finding, Results } from '../../test/bench/framework/contest.ts';
import { BarPlot } from './bar-plot.tsx';
import './benchmarks.css';
import { CostTable, TargetTable } from './finding-tables.tsx';
import { GrowthPlot } from './growth-plot.tsx';

const SUITE_TITLES: Readonly<Record<string, string>> = {
  parse: 'Messages',
  react: 'React',
  memory: 'Memory',
  growth: 'Growth',
  download: 'Downloads',
};

function Contest({ finding }: { finding: Finding }) {
  const { id, kind, note, runtime, title } = finding;
  return (
    <section aria-labelledby={`contest-${id}`}>
      <h3 id={`contest-${id}`}>
        {title} <small>({runtime})</small>
      </h3>
      {kind === 'growth' ? <GrowthPlot finding={finding} /> : <BarPlot finding={finding} />}
      {note !== undefined && <p>{note}</p>}
      <div className="tables">
        <TargetTable finding={finding} />
        <CostTable finding={finding} />
      </div>
    </section>
  );
}

/** Everything that a run of the benchmarks found, as plots with their tables. */
export function Benchmarks({ results }: { results: Results }) {
  const { findings, packages } = results;
  const suites = [...new Set(findings.map(({ suite }) => suite))];
  const targets = findings.flatMap(({ targets: each }) => each);
  const reached = targets.filter((target) => target.reached).length;
  const runtimes = `Node ${results.node}${results.chromium === null ? '' : `, Chromium ${results.chromium}`}`;
  return (
    <article className="benchmarks">
      <p>
        Measured on {results.date} with {runtimes}, on {results.processors} processors. {reached} of{' '}
        {targets.length} targets reached.
        {results.quick && ' This was a quick run: its numbers say nothing about speed.'}
      </p>
      {suites.map((suite) => (
        <section key={suite} aria-labelledby={`suite-${suite}`}>
          <h2 id={`suite-${suite}`}>{SUITE_TITLES[suite] ?? suite}</h2>
          {findings
            .filter((finding) => finding.suite === suite)
            .map((finding) => (
              <Contest key={finding.id} finding={finding} />
            ))}
        </section>
      ))}
      <h2>Versions</h2>
      <ul>
        {Object.entries(packages).map(([name, version]) => (
          <li key={name}>
            {name} {version}
          </li>
        ))}
      </ul>
    </article>
  );
}
