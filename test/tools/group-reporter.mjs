/**
 * A reporter for Vitest that counts the tests of each project, and of each file of those projects
 * where a file is a check of its own. Writes JSON to the file that `TEST_GROUPS` names.
 *
 *   TEST_GROUPS=groups.json vitest run --reporter=default --reporter=./test/tools/group-reporter.mjs
 */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';

/** @typedef {{ name: string, seconds: number, passed: number, failed: number, skipped: number }} Group */

/** The projects whose files stand in the list one by one. */
const BY_FILE = new Set(['architecture', 'package', 'leaks']);

export default class GroupReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    /** @type {Map<string, Group>} */
    const groups = new Map();
    /** @param {string} name */
    const groupOf = (name) => {
      const group = groups.get(name) ?? { name, seconds: 0, passed: 0, failed: 0, skipped: 0 };
      groups.set(name, group);
      return group;
    };
    for (const module of modules) {
      const project = module.project.name;
      const file = basename(module.moduleId).replace(/\.test\.tsx?$/, '');
      const group = groupOf(BY_FILE.has(project) ? `${project}: ${file}` : project);
      const { duration, collectDuration, setupDuration, environmentSetupDuration } =
        module.diagnostic();
      group.seconds +=
        (duration + collectDuration + setupDuration + environmentSetupDuration) / 1000;
      // A file that does not load has no tests that could fail.
      group.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        group[state === 'pending' ? 'failed' : state] += 1;
      }
    }
    if (unhandledErrors.length > 0) groupOf('outside of tests').failed += unhandledErrors.length;
    const sorted = [...groups.values()].toSorted((one, other) =>
      one.name.localeCompare(other.name),
    );
    writeFileSync(process.env['TEST_GROUPS'] ?? 'groups.json', JSON.stringify(sorted));
  }
}
