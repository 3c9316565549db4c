export { inPage } from './in-page.ts';
