/** Makes sure that a test of the published package has not got the sources instead. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createEventSource } from 'rivulet/core';
import { inject } from 'vitest';

const { folder } = inject('packed');
const packed = await import(pathToFileURL(join(folder, 'dist/core.js')).href);
if (packed.createEventSource !== createEventSource) {
  throw new Error('These tests are for the packed package, and ran with another one.');
}
