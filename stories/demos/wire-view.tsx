interface WireViewProps {
  readonly bytes: Uint8Array;
  readonly chunkSize: number;
  /** How many of the bytes have come. */
  readonly received: number;
}

const MARKS: Readonly<Record<string, string>> = { '\n': '␊\n', '\r': '␍', '\uFEFF': '[BOM]' };

/** A stream with its invisible characters and the places where its chunks end. */
export function WireView({ bytes, chunkSize, received }: WireViewProps) {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const encoder = new TextEncoder();
  let seen = '';
  let coming = '';
  let position = 0;
  for (const character of text) {
    const end = position + encoder.encode(character).length;
    const lastCut = Math.floor((end - 1) / chunkSize) * chunkSize;
    const isCut = lastCut > 0 && lastCut >= position;
    const cut = isCut ? (lastCut === position ? '│' : '╎') : '';
    // A lone CR ends a line too, and the next line of this view is where the reader expects it.
    const isLoneReturn = character === '\r' && bytes[end] !== 0x0a;
    const shown = `${cut}${MARKS[character] ?? character}${isLoneReturn ? '\n' : ''}`;
    if (end <= received) seen += shown;
    else coming += shown;
    position = end;
  }
  return (
    <pre aria-labelledby="on-the-wire" style={{ whiteSpace: 'pre-wrap', minBlockSize: '8rem' }}>
      {seen}
      {coming !== '' && (
        <>
          <strong>▶</strong>
          <em style={{ color: 'var(--muted)' }}>{coming}</em>
        </>
      )}
    </pre>
  );
}
