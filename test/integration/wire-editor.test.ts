import { array, assert, constantFrom, oneof, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainLines } from '../../stories/demos/explain-lines.ts';
import { checkCuts, readWire, toWire } from '../../stories/demos/read-wire.ts';
import { WIRE_PRESETS, type WirePreset } from '../../stories/demos/wire-presets.ts';
import { referenceItems } from '../support/reference-event-stream.ts';

const line = oneof(
  constantFrom('', ':', ': note', 'data', 'data:', 'data: a', 'data:  b', 'Data: c', ' data: d'),
  constantFrom('event: tick', 'event:', 'id: 7', 'id', 'id: \0', 'retry: 10', 'retry: soon', 'é🎉'),
);
const stream = array(line, { maxLength: 20 }).map((lines) => lines.join('\n'));

/** What the standard says about a text, by kind. */
function referenceCounts(text: string) {
  const items = referenceItems(new TextEncoder().encode(text));
  return {
    messages: items.filter((item) => 'data' in item).length,
    comments: items.filter((item) => 'comment' in item).length,
    retries: items.filter((item) => 'retry' in item).length,
    loneIds: items.filter((item) => 'id' in item).length,
  };
}

describe('the editor of the wire format', () => {
  it('explains as many messages, comments, waits and lone ids as the standard knows', () => {
    assert(
      property(stream, (text) => {
        const explained = explainLines(text);
        const saying = (beginning: string) =>
          explained.filter(({ meaning }) => meaning.startsWith(beginning)).length;
        expect({
          messages: explained.filter(({ dispatches }) => dispatches).length,
          comments: saying('Comment'),
          retries: saying('Reconnection time'),
          loneIds: saying('Blank line: no data, so no message. The id counts.'),
        }).toEqual(referenceCounts(text));
      }),
    );
  });

  it('says that a line is ignored only where the stream means the same without it', () => {
    assert(
      property(stream, (text) => {
        const explained = explainLines(`${text}\n`);
        const kept = explained.filter(({ isIgnored }) => !isIgnored);
        const rest = kept.map(({ line: each }) => `${each}\n`).join('');
        const encode = (each: string) => new TextEncoder().encode(each);
        expect(referenceItems(encode(rest))).toEqual(referenceItems(encode(`${text}\n`)));
      }),
    );
  });

  it('has no beginning that a cut anywhere would change', () => {
    for (const preset of Object.values<WirePreset>(WIRE_PRESETS)) {
      const bytes = toWire(preset.text, preset.lineEnd ?? 'LF', preset.hasMark ?? false);
      expect(checkCuts(bytes)).toEqual({ tried: bytes.length, same: bytes.length });
    }
  });

  it('writes line ends and a byte order mark as they were asked for', () => {
    const bytes = toWire('data: a\n\n', 'CRLF', true);
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(new TextDecoder().decode(bytes)).toBe('data: a\r\n\r\n');
    expect(readWire([bytes]).items).toMatchObject([{ data: 'a' }]);
  });
});
