/** What a reader of an event stream makes of one line. */
export interface ExplainedLine {
  readonly line: string;
  readonly meaning: string;
  /** Whether the line has no effect at all. */
  readonly isIgnored: boolean;
  /** Whether a message is dispatched here. */
  readonly dispatches: boolean;
}

/** What the lines since the last blank one have said. */
interface Block {
  readonly dataLines: number;
  readonly event: string;
  readonly hasId: boolean;
}

const EMPTY: Block = { dataLines: 0, event: '', hasId: false };

interface Step {
  readonly meaning: string;
  readonly block: Block;
  readonly isIgnored?: boolean;
  readonly dispatches?: boolean;
}

function atBlankLine({ dataLines, event, hasId }: Block): Step {
  if (dataLines > 0) {
    const lines = dataLines === 1 ? 'one line' : `${dataLines} lines`;
    const meaning = `Blank line: the message is complete, with ${lines} of data.`;
    return { meaning, block: EMPTY, dispatches: true };
  }
  if (hasId) {
    return { meaning: 'Blank line: no data, so no message. The id counts.', block: EMPTY };
  }
  if (event !== '') {
    const meaning = `Blank line: no data, so no message. The name “${event}” is forgotten.`;
    return { meaning, block: EMPTY };
  }
  return { meaning: 'Blank line: there is nothing to end.', block: EMPTY, isIgnored: true };
}

function ignored(meaning: string, block: Block): Step {
  return { meaning: `Ignored: ${meaning}`, block, isIgnored: true };
}

function unknownField(name: string, block: Block): Step {
  const known = name.trim().toLowerCase();
  if (['data', 'event', 'id', 'retry'].includes(known)) {
    return ignored(`a field is called “${known}”, exactly so.`, block);
  }
  return ignored('no field has this name. Text needs “data:” before it.', block);
}

function atField(name: string, value: string, block: Block): Step {
  switch (name) {
    case 'data': {
      const dataLines = block.dataLines + 1;
      const place = dataLines === 1 ? 'First line' : `Line ${dataLines}`;
      return { meaning: `${place} of the data.`, block: { ...block, dataLines } };
    }
    case 'event':
      return { meaning: 'Name of the coming message.', block: { ...block, event: value } };
    case 'id':
      return value.includes('\0')
        ? ignored('an id has no NUL in it.', block)
        : { meaning: 'Last event id from here on.', block: { ...block, hasId: true } };
    case 'retry':
      return /^[0-9]+$/.test(value)
        ? { meaning: 'Reconnection time in ms, at once.', block }
        : ignored('a reconnection time is digits only.', block);
    default:
      return unknownField(name, block);
  }
}

/** WHATWG HTML 9.2.6 for one line. */
function atLine(line: string, block: Block): Step {
  const colon = line.indexOf(':');
  if (line === '') return atBlankLine(block);
  if (colon === 0) return { meaning: 'Comment: a sign of life, and no message.', block };
  if (colon === -1) return atField(line, '', block);
  return atField(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''), block);
}

/** Tells line by line what becomes of a stream: which line does what, and which does nothing. */
export function explainLines(text: string): readonly ExplainedLine[] {
  const explained: ExplainedLine[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  const unfinished = lines.pop() ?? '';
  let block = EMPTY;
  for (const line of lines) {
    const step = atLine(line, block);
    block = step.block;
    const { meaning, isIgnored = false, dispatches = false } = step;
    explained.push({ line, meaning, isIgnored, dispatches });
  }
  if (unfinished !== '') {
    const meaning = 'The line has not ended yet.';
    explained.push({ line: unfinished, meaning, isIgnored: false, dispatches: false });
  }
  return explained;
}
