import type { ReactNode } from 'react';

interface WireViewProps {
  readonly bytes: Uint8Array;
  readonly chunkSize: number;
  /** How many of the bytes have come. */
  readonly received: number;
}

/** What has a name and no shape. */
const NAMES: Readonly<Record<string, string>> = { '\n': 'LF', '\r': 'CR', '\uFEFF': 'BOM' };

function Name({ children }: { children: ReactNode }) {
  return (
    <small
      style={{
        marginInline: '0.2em',
        border: '1px solid var(--border)',
        borderRadius: '3px',
        paddingInline: '0.2em',
        fontSize: '0.625rem',
      }}
    >
      {children}
    </small>
  );
}

/** The end of a chunk: between two characters, or inside the one that follows. */
function Cut({ isInside }: { isInside: boolean }) {
  return <strong style={{ color: 'var(--accent)' }}>{isInside ? '╎' : '│'}</strong>;
}

/** A stream with its invisible characters and the places where its chunks end. */
export function WireView({ bytes, chunkSize, received }: WireViewProps) {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  const encoder = new TextEncoder();
  const seen: ReactNode[] = [];
  const coming: ReactNode[] = [];
  let position = 0;
  for (const character of text) {
    const end = position + encoder.encode(character).length;
    const shown = end <= received ? seen : coming;
    const lastCut = Math.floor((end - 1) / chunkSize) * chunkSize;
    if (lastCut > 0 && lastCut >= position) {
      shown.push(<Cut key={`cut ${position}`} isInside={lastCut > position} />);
    }
    const name = NAMES[character];
    shown.push(name === undefined ? character : <Name key={position}>{name}</Name>);
    const endsLine = character === '\n' || (character === '\r' && bytes[end] !== 0x0a);
    if (endsLine) shown.push('\n');
    position = end;
  }
  return (
    <pre aria-labelledby="on-the-wire" style={{ whiteSpace: 'pre-wrap', minBlockSize: '8rem' }}>
      {seen}
      {coming.length > 0 && (
        <>
          <strong>▶</strong>
          <em style={{ color: 'var(--muted)' }}>{coming}</em>
        </>
      )}
    </pre>
  );
}
