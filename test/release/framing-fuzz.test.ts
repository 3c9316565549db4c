import { expect, test } from 'vitest';
import { findDifference } from '../core/framing/random-event-streams.ts';

const COUNT = 100_000;
/** After the streams of the unit tests. */
const FIRST_SEED = 1_000_000;

// Ten seconds on two cores: too long for the unit tests, which read 2,000.
test(`none of ${COUNT} random event streams is read otherwise than by the standard and by eventsource-parser`, () => {
  expect(findDifference(FIRST_SEED, COUNT)).toBeNull();
}, 300_000);
