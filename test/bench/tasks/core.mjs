/** @type {typeof import('rivulet/core')} the package as it is published */
export const core = await import(new URL('../../../dist/core.js', import.meta.url).href);
