import { writeFileSync } from 'node:fs';

/** Writes what became of each scenario, and in which engine, for the closing lines. */
export default class CountReporter {
  /** @param {readonly import('vitest/node').TestModule[]} modules */
  onTestRunEnd(modules) {
    const path = process.env['RIVULET_ENGINES_REPORT'];
    if (path === undefined) return;
    const scenarios = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => {
        const result = test.result();
        return {
          engine: module.project.name.replace('engines-', ''),
          name: test.fullName,
          state: result.state,
          note: result.state === 'skipped' ? (result.note ?? '') : '',
          ms: test.diagnostic()?.duration ?? 0,
        };
      }),
    );
    writeFileSync(path, JSON.stringify(scenarios));
  }
}
