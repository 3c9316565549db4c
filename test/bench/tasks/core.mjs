/** @type {typeof import('rivulet/share')} the package as it is published */
export const share = await import(new URL('../../../dist/share.js', import.meta.url).href);

/** @type {typeof import('rivulet/core')} the package as it is published */
export const core = await import(new URL('../../../dist/core.js', import.meta.url).href);
