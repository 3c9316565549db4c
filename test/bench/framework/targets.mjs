/**
 * @typedef {import('./contest.ts').Target} Target
 *
 * @typedef {object} Comparison
 * @property {string} [measure] default `cpu`
 * @property {string} [of] who is judged, default `rivulet`
 * @property {number} [size] in a contest of growth: of which tasks
 */

/**
 * How many times as fast as another one: at least the goal.
 *
 * @param {string} peer
 * @param {number} goal
 * @param {Comparison} [comparison]
 * @returns {Target}
 */
export function speedAgainst(peer, goal, { measure = 'cpu', of = 'rivulet', size } = {}) {
  return {
    label: `speed against ${peer}`,
    is: 'at least',
    goal,
    value: (costOf) => costOf(peer, measure, size) / costOf(of, measure, size),
  };
}

/**
 * How many times as much as another one: at most the goal.
 *
 * @param {string} peer
 * @param {number} goal
 * @param {Comparison} [comparison]
 * @returns {Target}
 */
export function costAgainst(peer, goal, { measure = 'cpu', of = 'rivulet', size } = {}) {
  return {
    label: `${measure} against ${peer}`,
    is: 'at most',
    goal,
    value: (costOf) => costOf(of, measure, size) / costOf(peer, measure, size),
  };
}

/**
 * How many times as much for a larger task: at most the goal.
 *
 * @param {number} small
 * @param {number} large
 * @param {number} goal
 * @param {Comparison} [comparison]
 * @returns {Target}
 */
export function growth(small, large, goal, { measure = 'cpu', of = 'rivulet' } = {}) {
  const times = `${Math.round(large / small)} times the size`;
  return {
    label: `${measure} of ${of === 'rivulet' ? '' : `${of}, `}${times}`,
    is: 'at most',
    goal,
    value: (costOf) => costOf(of, measure, large) / costOf(of, measure, small),
  };
}
