/**
 * A reporter for Vitest that writes down what became of each test file, as JSON, to the file that
 * `TEST_FILES` names. `run-checks.mjs` adds them up.
 */
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

/** @typedef {{ project: string, path: string, seconds: number, passed: number, failed: number, skipped: number }} TestFile */

export default class FileReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    /** @type {TestFile[]} */
    const files = modules.map((module) => {
      const diagnostic = module.diagnostic();
      const milliseconds =
        diagnostic.duration +
        diagnostic.collectDuration +
        diagnostic.setupDuration +
        diagnostic.environmentSetupDuration;
      const counts = { passed: 0, failed: module.errors().length, skipped: 0 };
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        counts[state === 'pending' ? 'failed' : state] += 1;
      }
      const path = relative(process.cwd(), module.moduleId);
      return { project: module.project.name, path, seconds: milliseconds / 1000, ...counts };
    });
    if (unhandledErrors.length > 0) {
      const failed = unhandledErrors.length;
      files.push({
        project: '',
        path: 'outside of tests',
        seconds: 0,
        passed: 0,
        failed,
        skipped: 0,
      });
    }
    writeFileSync(process.env['TEST_FILES'] ?? 'test-files.json', JSON.stringify(files));
  }
}
