export { acrossTabs } from './across-tabs.ts';
export { inPage } from './in-page.ts';
