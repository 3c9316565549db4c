import type { ReactNode } from 'react';

/** What a doc comment marks: code in backticks, and names of other exports. */
const MARK = /`([^`]+)`|\{@link\s+([^}\s]+)\s*\}/g;

/** A paragraph of a doc comment, with its code and its links as code. */
function marked(text: string): ReactNode[] {
  const parts: ReactNode[] = [];
  let end = 0;
  for (const match of text.matchAll(MARK)) {
    parts.push(text.slice(end, match.index));
    parts.push(<code key={match.index}>{match[1] ?? match[2]}</code>);
    end = match.index + match[0].length;
  }
  parts.push(text.slice(end));
  return parts;
}

/** The prose of a doc comment. */
export function DocText({ text }: { text: string }) {
  return text.split(/\n\s*\n/).map((paragraph) => <p key={paragraph}>{marked(paragraph)}</p>);
}
