import { useMemo, useState } from 'react';
import { explainLines } from './explain-lines.ts';
import { checkCuts, inChunks, readWire, toWire } from './read-wire.ts';
import { WireMessages } from './wire-messages.tsx';
import {
  isWirePresetKey,
  type LineEnd,
  WIRE_PRESET_KEYS,
  WIRE_PRESETS,
  type WirePreset,
  type WirePresetKey,
} from './wire-presets.ts';
import { WireView } from './wire-view.tsx';

/** The state of the editor when a preset is chosen. */
function fromPreset(key: WirePresetKey) {
  const preset: WirePreset = WIRE_PRESETS[key];
  const { text, lineEnd = 'LF', hasMark = false } = preset;
  return { key, text, lineEnd, hasMark, received: Number.POSITIVE_INFINITY };
}

const LINE_ENDS: readonly LineEnd[] = ['LF', 'CRLF', 'CR'];

/** What became of each line so far. */
function LineByLine({ received }: { received: Uint8Array }) {
  // Half a letter at the end of what has come is no letter yet.
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(received, { stream: true });
  return (
    <table style={{ marginBlockStart: '1.25rem' }}>
      <caption>Line by line</caption>
      <thead>
        <tr>
          <th scope="col">Line</th>
          <th scope="col">What it does</th>
        </tr>
      </thead>
      <tbody>
        {explainLines(text).map(({ line, meaning, isIgnored, dispatches }, index) => (
          <tr key={index}>
            <td>{line === '' ? 'blank' : <code>{line}</code>}</td>
            <td style={isIgnored ? { fontStyle: 'italic', color: 'var(--muted)' } : undefined}>
              {dispatches ? <strong>{meaning}</strong> : meaning}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Types a raw event stream on one side, and gets its messages on the other. */
export function WireEditor({ preset = 'kinds' }: { preset?: WirePresetKey }) {
  const [{ key, text, lineEnd, hasMark, received }, setState] = useState(() => fromPreset(preset));
  const [sizeText, setSizeText] = useState('8');
  // While the field is empty, the stream is one chunk.
  const chunkSize = Math.max(1, Math.floor(Number(sizeText)) || Number.MAX_SAFE_INTEGER);
  const change = (part: Partial<ReturnType<typeof fromPreset>>) =>
    setState((state) => ({ ...state, received: Number.POSITIVE_INFINITY, ...part }));
  const bytes = useMemo(() => toWire(text, lineEnd, hasMark), [text, lineEnd, hasMark]);
  const cuts = useMemo(() => checkCuts(bytes), [bytes]);
  const count = Math.min(received, bytes.length);
  const soFar = bytes.subarray(0, count);
  const reading = readWire(inChunks(soFar, chunkSize));
  return (
    <section aria-label="Event stream editor">
      <label htmlFor="preset">Begin with</label>
      <select
        id="preset"
        value={key}
        style={{ maxInlineSize: '100%' }}
        onChange={({ target }) => {
          if (isWirePresetKey(target.value)) setState(fromPreset(target.value));
        }}
      >
        {WIRE_PRESET_KEYS.filter(isWirePresetKey).map((each) => (
          <option key={each} value={each}>
            {WIRE_PRESETS[each].name}
          </option>
        ))}
      </select>
      <p style={{ minBlockSize: '2lh' }}>{WIRE_PRESETS[key].hint}</p>
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '1rem 1.5rem' }}>
        <div style={{ flex: '1 1 17rem' }}>
          <label htmlFor="raw">Raw stream: change it</label>
          <textarea
            id="raw"
            rows={13}
            spellCheck={false}
            style={{ inlineSize: '100%', fontFamily: 'monospace', resize: 'vertical' }}
            value={text}
            onChange={({ target }) => change({ text: target.value })}
          />
        </div>
        <div style={{ flex: '1 1 17rem' }}>
          <WireMessages reading={reading} />
        </div>
      </div>
      <div
        style={{
          display: 'flex',
          flexWrap: 'wrap',
          alignItems: 'end',
          gap: '0.5rem 1.5rem',
          marginBlockStart: '1rem',
        }}
      >
        <div>
          <label htmlFor="line-end">Lines end in</label>
          <select
            id="line-end"
            value={lineEnd}
            onChange={({ target }) =>
              change({ lineEnd: LINE_ENDS.find((each) => each === target.value) ?? 'LF' })
            }
          >
            {LINE_ENDS.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </div>
        <div>
          <label htmlFor="chunk">Bytes in a chunk</label>
          <input
            id="chunk"
            type="number"
            min={1}
            max={999}
            value={sizeText}
            onChange={({ target }) => setSizeText(target.value)}
          />
        </div>
        <label
          style={{ display: 'flex', alignItems: 'center', gap: '0.5rem', minBlockSize: '2.5rem' }}
        >
          <input
            type="checkbox"
            style={{ minBlockSize: 0 }}
            checked={hasMark}
            onChange={({ target }) => change({ hasMark: target.checked })}
          />
          Byte order mark first
        </label>
      </div>
      <h3 id="on-the-wire">On the wire, with the ends of chunks</h3>
      <WireView bytes={bytes} chunkSize={chunkSize} received={count} />
      <label htmlFor="received">
        Received: {count} of {bytes.length} bytes
      </label>
      <input
        id="received"
        type="range"
        min={0}
        max={bytes.length}
        value={count}
        style={{ inlineSize: '100%', padding: 0 }}
        onChange={({ target }) => change({ received: target.valueAsNumber })}
      />
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0.5rem' }}>
        <button type="button" onClick={() => change({ received: 0 })}>
          From the start
        </button>
        <button
          type="button"
          disabled={count === bytes.length}
          onClick={() => change({ received: (Math.floor(count / chunkSize) + 1) * chunkSize })}
        >
          Next chunk
        </button>
        <button type="button" onClick={() => change({})}>
          All
        </button>
      </div>
      <LineByLine received={soFar} />
      {cuts !== null && (
        <p>
          Cut in two at each of its places, and into single bytes: <strong>{cuts.same}</strong> of{' '}
          <strong>{cuts.tried}</strong> ways give the same messages as the whole stream.
        </p>
      )}
    </section>
  );
}
