/**
 * The long checks for what is left behind: by many subscriptions that are closed, or in the course of
 * one that goes on and on.
 *
 *   npm run soak
 *   npm run soak -- --subscriptions 500 --events 60
 *   npm run soak -- long
 *   npm run soak -- long --seconds 60
 */
const isLong = process.argv[2] === 'long';
await import(isLong ? './soak-long.mjs' : './soak-many.mjs');
