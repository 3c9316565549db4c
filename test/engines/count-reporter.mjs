import { writeFileSync } from 'node:fs';

/** Writes what became of each scenario, and in which engine, for the closing lines. */
export default class CountReporter {
  /** @param {readonly import('vitest/node').TestModule[]} modules */
  onTestRunEnd(modules) {
    const path = process.env['RIVULET_ENGINES_REPORT'];
    if (path === undefined) return;
    const scenarios = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => ({
        engine: module.project.name,
        name: test.fullName,
        state: test.result().state,
        ms: test.diagnostic()?.duration ?? 0,
      })),
    );
    writeFileSync(path, JSON.stringify(scenarios));
  }
}
