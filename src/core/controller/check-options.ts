import { isStreamError, StreamError } from '../errors.ts';
import { FRAMINGS } from '../framing/framings.ts';
import { urlText } from '../request/request-url.ts';

declare const process: { readonly env: { readonly NODE_ENV?: string } };

type Check = (value: unknown) => boolean;

/**
 * Options of one kind: a check, how it reads in the message, and the names that are allowed as well.
 */
type Rule = readonly [
  options: readonly string[],
  holds: Check,
  must: string,
  names?: readonly string[],
];

const isString = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => {
  return typeof value === 'number' && !Number.isNaN(value);
};
const isBoolean = (value: unknown) => typeof value === 'boolean';
const isFunction = (value: unknown) => typeof value === 'function';
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
/** What `requestInit` must not contain, because it would be ignored. */
const OWN_OPTIONS = ['method', 'headers', 'body', 'signal', 'credentials'] as const;
/** For options that take one of several names and nothing else. */
const isNothing = () => false;
const isPositive = (value: unknown) => isNumber(value) && value > 0;
const isAmount = (value: unknown) => isNumber(value) && value >= 0 && value < Infinity;
const isCount = (value: unknown) => {
  return isNumber(value) && value >= 0 && (Number.isInteger(value) || value === Infinity);
};
const isListOf = (value: unknown, holds: Check) => Array.isArray(value) && value.every(holds);
const isMapOf = (value: unknown, holds: Check) => {
  return isObject(value) && Object.values(value).every(holds);
};
const isSchema = (value: unknown) => {
  return (isObject(value) || isFunction(value)) && '~standard' in Object(value);
};

const retryRules = (): readonly Rule[] => [
  [['baseDelayMs', 'maxDelayMs'], isAmount, 'a number of ms, 0 or more'],
  [
    ['maxAttempts'],
    (value) => isCount(value) && value !== 0,
    'a whole number of 1 or more, or Infinity',
  ],
  [
    ['statuses'],
    (value) => isFunction(value) || isListOf(value, Number.isInteger),
    'an array of status numbers, or a function of the default ones',
  ],
  [['methods'], (value) => isListOf(value, isString), 'an array of strings'],
  [['shouldRetry'], isFunction, 'a function'],
];

const rules = (): readonly Rule[] => [
  [['method', 'lastEventId', 'sizeHeader'], isString, 'a string'],
  [['fileName'], (value) => isString(value) || isFunction(value), 'a string, or a function'],
  [['accept'], (value) => isString(value) || isListOf(value, isString), 'media types'],
  [
    ['withCredentials', 'keepPrevious', 'enabled', 'pauseWhenHidden', 'autoStart', 'resumable'],
    isBoolean,
    'a boolean',
  ],
  [
    [
      'fetch',
      'onUnauthorized',
      'onOpen',
      'onChunk',
      'onError',
      'onStatusChange',
      'onMessage',
      'onComment',
      'reduce',
      'toText',
      'errorWhen',
      'onProgress',
      'accumulate',
      'openSink',
    ],
    isFunction,
    'a function',
  ],
  [
    ['connectTimeoutMs', 'idleTimeoutMs', 'messageTimeoutMs'],
    isPositive,
    'a number of ms greater than 0',
  ],
  [['maxMessageLength', 'maxTextLength'], isPositive, 'a number greater than 0, or Infinity'],
  [['expectedBytes'], isAmount, 'a number of bytes, 0 or more'],
  [['maxMessages'], isCount, 'a whole number of 0 or more, or Infinity'],
  [['key'], (value) => isString(value) || isNumber(value), 'a string, or a number'],
  [['flush'], isAmount, 'or a number of ms, 0 or more', ['auto', 'frame', 'sync']],
  [['credentials'], isNothing, '', ['omit', 'same-origin', 'include']],
  [['onInvalid'], isNothing, '', ['report', 'skip', 'fail']],
  [['framing'], isFunction, 'or a function that returns one', ['auto', ...Object.keys(FRAMINGS)]],
  [['share'], isFunction, '`inPage` or `acrossTabs`, which are imported from rivulet/share'],
  [['whenBusy'], isNothing, '', ['replace', 'ignore']],
  [['as'], isNothing, '', ['blob', 'bytes', 'text', 'json']],
  [['parse'], isFunction, 'or a function', ['text', 'json']],
  [
    ['saveTo'],
    (value) => isObject(value) || isFunction(value),
    'a file handle, a WritableStream, or a function that returns one',
  ],
  [['signal'], (value) => isObject(value) && 'aborted' in value, 'an AbortSignal'],
  [['environment'], isObject, 'an object'],
  [
    ['requestInit'],
    (value) => isObject(value) && !OWN_OPTIONS.some((name) => name in value),
    `an object without ${OWN_OPTIONS.join(', ')}, which are options of their own`,
  ],
  [
    ['headers'],
    (value) => isObject(value) || isFunction(value),
    'headers, or a function that returns them',
  ],
  [['retry'], (value) => value === false || isObject(value), 'false or an object'],
  [['events'], (value) => isListOf(value, isString), 'an array of strings'],
  [
    ['on'],
    (value) => isMapOf(value, (entry) => entry === undefined || isFunction(entry)),
    'an object of functions by event name',
  ],
  [
    ['schema'],
    (value) => isSchema(value) || isMapOf(value, isSchema),
    'a Standard Schema, or an object of them by event name',
  ],
  [
    ['endWhen'],
    (value) => isString(value) || isFunction(value) || isString(Object(value).event),
    'a string, a function, or { event: string }',
  ],
  [
    ['resume'],
    (value) => value === false || isString(Object(value).query),
    'false or { query: string }',
    ['header'],
  ],
];

type Options = Readonly<Record<string, unknown>>;

/**
 * Refuses options that can only be mistakes: a wrong type, NaN, a negative number, half of a pair. In
 * development it throws `invalid-option` with the name and the value; in production it does nothing,
 * and bundlers drop it.
 *
 * @param checked The options that were checked before: what did not change since is not looked at
 *   again, and one function is taken to be as good as another.
 */
export function checkOptions(options: object, checked: object = {}): void {
  try {
    if (process.env.NODE_ENV !== 'production' && hasNews(options, checked)) {
      const given: Options = { ...options };
      checkAll(given, rules(), '');
      if (isObject(given['retry'])) checkAll({ ...given['retry'] }, retryRules(), 'retry.');
      checkPairs(given);
    }
  } catch (error) {
    if (isStreamError(error)) throw error;
  }
}

/** What a component was last checked with: what did not change since is not looked at again. */
export interface Checked {
  url?: unknown;
  options?: object;
}

/**
 * Like {@link checkOptions}, and checks the URL too: a URL function needs a `key` where a hook starts
 * by itself.
 */
export function checkRequest(
  url: unknown,
  options: object,
  startsItself: boolean,
  checked: Checked = {},
): void {
  checkOptions(options, checked.options);
  try {
    if (process.env.NODE_ENV !== 'production') {
      const isKnown = url === null || (checked.options !== undefined && checked.url === url);
      if (!isKnown && !isFunction(url) && urlText(url) === null) {
        refuse(`\`url\` must be a URL, a function that returns one, or null; it is ${show(url)}.`);
      }
      const { key, share }: { key?: unknown; share?: unknown } = options;
      if (isFunction(url) && key === undefined && (startsItself || share !== undefined)) {
        refuse('`url` is a function, and functions cannot be compared: add a `key`.');
      }
      Object.assign(checked, { url, options });
    }
  } catch (error) {
    if (isStreamError(error)) throw error;
  }
}

/** The names of options that were given before, so that one that is gone is noticed. */
const namesOf = (checked: object) =>
  Object.fromEntries(Object.keys(checked).map((name) => [name, undefined]));

/** Whether an option changed: one function is taken to be as good as another. */
function hasNews(options: object, checked: object): boolean {
  const before: Options = { ...checked };
  return Object.entries({ ...namesOf(checked), ...options }).some(
    ([name, value]) =>
      !(Object.is(before[name], value) || (isFunction(value) && isFunction(before[name]))),
  );
}

/** Options that belong together, or exclude each other. */
function checkPairs(given: Options): void {
  if (given['reduce'] !== undefined && !('initialState' in given)) {
    refuse('`reduce` needs `initialState`, the state before the first message.');
  }
  if (given['initialState'] !== undefined && given['reduce'] === undefined) {
    refuse('`initialState` needs `reduce`, which makes the next state from it.');
  }
  if (given['reduce'] !== undefined && given['accumulate'] !== undefined) {
    refuse('`reduce` and `accumulate` both make `state`: give one of them.');
  }
  if (given['credentials'] !== undefined && given['withCredentials'] !== undefined) {
    refuse('`withCredentials` and `credentials` mean the same: give one of them.');
  }
  const method = String(given['method'] ?? 'POST').toUpperCase();
  const hasBody = given['body'] !== undefined && given['body'] !== null;
  if (hasBody && (method === 'GET' || method === 'HEAD')) {
    refuse(`\`method\` ${method} sends no \`body\`: use POST, or put the data into the URL.`);
  }
}

function checkAll(given: Options, all: readonly Rule[], prefix: string): void {
  for (const [options, holds, must, names = []] of all) {
    for (const option of options) {
      const value = given[option];
      if (value === undefined || holds(value) || names.some((name) => name === value)) continue;
      const texts = [...names.map((name) => `'${name}'`), must].filter(Boolean).join(', ');
      refuse(`\`${prefix}${option}\` must be ${texts}; it is ${show(value)}.`);
    }
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
