import { StreamError } from '../errors.ts';

/** What an option must be, and whether a value is. */
interface Rule {
  readonly must: string;
  readonly holds: (value: unknown) => boolean;
}

const isNumber = (value: unknown): value is number => {
  return typeof value === 'number' && !Number.isNaN(value);
};
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const isFunction = (value: unknown) => typeof value === 'function';
const isStrings = (value: unknown) => {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
};
const isCount = (value: unknown) => {
  return isNumber(value) && value >= 0 && (Number.isInteger(value) || value === Infinity);
};

const string: Rule = { must: 'a string', holds: (value) => typeof value === 'string' };
const boolean: Rule = { must: 'a boolean', holds: (value) => typeof value === 'boolean' };
const callback: Rule = { must: 'a function', holds: isFunction };
const strings: Rule = { must: 'an array of strings', holds: isStrings };
const duration: Rule = {
  must: 'a number of ms, 0 or more',
  holds: (value) => isNumber(value) && value >= 0 && value < Infinity,
};
const timeout: Rule = {
  must: 'a number of ms greater than 0',
  holds: (value) => isNumber(value) && value > 0,
};
const oneOf = (...names: readonly string[]): Rule => ({
  must: names.map((name) => `'${name}'`).join(', '),
  holds: (value) => typeof value === 'string' && names.includes(value),
});
const or = (...rules: readonly Rule[]): Rule => ({
  must: rules.map(({ must }) => must).join(', or '),
  holds: (value) => rules.some(({ holds }) => holds(value)),
});
const isSchema = (value: unknown) => {
  return (isObject(value) || isFunction(value)) && '~standard' in Object(value);
};

const RETRY_RULES: Readonly<Record<string, Rule>> = {
  baseDelayMs: duration,
  maxDelayMs: duration,
  maxAttempts: {
    must: 'a whole number of 1 or more, or Infinity',
    holds: (value) => isCount(value) && value !== 0,
  },
  statuses: {
    must: 'an array of status numbers',
    holds: (value) => Array.isArray(value) && value.every(Number.isInteger),
  },
  methods: strings,
  shouldRetry: callback,
};

const RULES: Readonly<Record<string, Rule>> = {
  method: string,
  credentials: oneOf('omit', 'same-origin', 'include'),
  withCredentials: boolean,
  fetch: callback,
  signal: { must: 'an AbortSignal', holds: (value) => isObject(value) && 'aborted' in value },
  requestInit: { must: 'an object', holds: isObject },
  retry: { must: 'false or an object', holds: (value) => value === false || isObject(value) },
  connectTimeoutMs: timeout,
  idleTimeoutMs: timeout,
  messageTimeoutMs: timeout,
  onUnauthorized: callback,
  key: or(string, { must: 'a number', holds: isNumber }),
  flush: or(oneOf('auto', 'frame', 'sync'), duration),
  onOpen: callback,
  onChunk: callback,
  onError: callback,
  onStatusChange: callback,
  onMessage: callback,
  onComment: callback,
  maxMessageLength: {
    must: 'a number greater than 0, or Infinity',
    holds: (value) => isNumber(value) && value > 0,
  },
  maxMessages: { must: 'a whole number of 0 or more, or Infinity', holds: isCount },
  parse: or(oneOf('text', 'json'), callback),
  schema: {
    must: 'a Standard Schema, or an object of them by event name',
    holds: (value) => isSchema(value) || (isObject(value) && Object.values(value).every(isSchema)),
  },
  onInvalid: oneOf('report', 'skip', 'fail'),
  reduce: callback,
  endWhen: or(string, callback, {
    must: '{ event: string }',
    holds: (value) => isObject(value) && 'event' in value && typeof value.event === 'string',
  }),
  keepPrevious: boolean,
  events: strings,
  on: {
    must: 'an object of functions by event name',
    holds: (value) => {
      return (
        isObject(value) &&
        Object.values(value).every((entry) => entry === undefined || isFunction(entry))
      );
    },
  },
  lastEventId: string,
  resume: {
    must: "'header', false or { query: string }",
    holds: (value) => {
      if (value === 'header' || value === false) return true;
      return isObject(value) && 'query' in value && typeof value.query === 'string';
    },
  },
  enabled: boolean,
  pauseWhenHidden: boolean,
  share: boolean,
};

/**
 * Refuses options that can only be mistakes: a wrong type, NaN, a negative number, half of a pair.
 * Throws `invalid-option` with the name and the value.
 */
export function validateOptions(options: object): void {
  checkAll(options, RULES, '');
  const given: Readonly<Record<string, unknown>> = { ...options };
  if (isObject(given['retry'])) checkAll(given['retry'], RETRY_RULES, 'retry.');
  if ('reduce' in given && given['reduce'] !== undefined && !('initialState' in given)) {
    refuse('`reduce` needs `initialState`, the state before the first message.');
  }
  if (given['initialState'] !== undefined && given['reduce'] === undefined) {
    refuse('`initialState` needs `reduce`, which makes the next state of it.');
  }
  if (given['credentials'] !== undefined && given['withCredentials'] !== undefined) {
    refuse('`withCredentials` and `credentials` say the same: give one of them.');
  }
  const method = String(given['method'] ?? 'POST').toUpperCase();
  const hasBody = given['body'] !== undefined && given['body'] !== null;
  if (hasBody && (method === 'GET' || method === 'HEAD')) {
    refuse(`\`method\` ${method} sends no \`body\`: use POST, or put the data into the URL.`);
  }
}

function checkAll(options: object, rules: Readonly<Record<string, Rule>>, prefix: string): void {
  for (const [name, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined || value === undefined || rule.holds(value)) continue;
    refuse(`\`${prefix}${name}\` must be ${rule.must}; it is ${show(value)}.`);
  }
}

function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'number' || typeof value === 'symbol') return String(value);
  try {
    return (JSON.stringify(value) ?? String(value)).slice(0, 80);
  } catch {
    return String(value);
  }
}

function refuse(message: string): never {
  throw new StreamError('invalid-option', `rivulet: the option ${message}`);
}
