/** How the lines of a stream end. */
export type LineEnd = 'LF' | 'CRLF' | 'CR';

/** A stream to begin with. */
export interface WirePreset {
  readonly name: string;
  /** What to look at. */
  readonly hint: string;
  readonly text: string;
  readonly lineEnd?: LineEnd;
  readonly hasMark?: boolean;
}

/** Streams as they should be, and as they come. */
export const WIRE_PRESETS = {
  kinds: {
    name: 'One of each kind',
    hint: 'A comment, a reconnection time, a plain message, a named one, and one of two lines.',
    text: [
      ': welcome',
      'retry: 3000',
      '',
      'id: 1',
      'data: first',
      '',
      'event: price',
      'id: 2',
      'data: {"symbol":"RVLT","price":101.5}',
      '',
      'data: two lines',
      'data: of one message',
      '',
      '',
    ].join('\n'),
  },
  bare: {
    name: 'Characters without data:',
    hint: 'A reader of event streams finds no message in it. Put “data: ” before each line.',
    text: 'Hello, this is\nmy stream.\n\n',
  },
  forgotten: {
    name: 'A blank line forgotten',
    hint: 'Three lines of one message that never ends. Put a blank line after each.',
    text: 'data: one\ndata: two\ndata: three\n',
  },
  multiline: {
    name: 'Data of several lines',
    hint: 'A line end in the data must become a field of its own, or the rest is lost.',
    text: 'data: first line\ndata:\ndata: third line\n\ndata: broken\nby a line end\n\n',
  },
  loneId: {
    name: 'An id and no data',
    hint: 'No message, but the id moves: a way to say “you have seen all up to here”.',
    text: 'id: 41\ndata: a\n\nid: 42\n\ndata: b\n\nid\ndata: c\n\n',
  },
  end: {
    name: 'An end without data',
    hint: '“event: end” alone is not a message. It needs a “data:” line, even if it is empty.',
    text: 'data: last\n\nevent: end\n\nevent: end\ndata:\n\n',
  },
  spaces: {
    name: 'Spaces and capitals',
    hint: 'One space after the colon is dropped, no more. Names of fields are exact.',
    text: 'data:no space\n\ndata:  two spaces\n\nData: capital\n\n data: indented\n\n',
  },
  retry: {
    name: 'A retry that is not a number',
    hint: 'Digits only, in ms.',
    text: 'retry: soon\nretry: 3s\nretry: 5000\n\n',
  },
  heartbeat: {
    name: 'Heartbeats',
    hint: 'Comments reach no message handler, and keep proxies from closing the connection.',
    text: ':\n\n: still here\n\ndata: at last\n\n:\n\n',
  },
  crlf: {
    name: 'Lines that end in CRLF',
    hint: 'A chunk may end between CR and LF. It is still one line end.',
    text: 'data: one\n\ndata: two\n\n',
    lineEnd: 'CRLF',
  },
  mark: {
    name: 'A byte order mark',
    hint: 'One at the very beginning is dropped. One later would belong to the name of a field.',
    text: 'data: one\n\n\uFEFFdata: two\n\n',
    hasMark: true,
  },
  letters: {
    name: 'Letters of several bytes',
    hint: 'A chunk may end inside a letter. Step byte by byte through it.',
    text: 'data: é 日 🎉\n\n',
  },
} as const satisfies Record<string, WirePreset>;

/** The name of a preset in the code. */
export type WirePresetKey = keyof typeof WIRE_PRESETS;

/** The keys in the order of the list. */
export const WIRE_PRESET_KEYS: readonly string[] = Object.keys(WIRE_PRESETS);

/** Whether a text names a preset. */
export function isWirePresetKey(text: string): text is WirePresetKey {
  return WIRE_PRESET_KEYS.includes(text);
}
