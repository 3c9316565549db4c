import { Markdown } from '@storybook/addon-docs/blocks';

interface SourceFileProps {
  /** The text of the file, imported with `?raw`. */
  readonly code: string;
  readonly language: string;
}

/** A file of the repository as a code block of a guide, in the theme of the page. */
export function SourceFile({ code, language }: SourceFileProps) {
  return <Markdown>{`\`\`\`${language}\n${code}\`\`\``}</Markdown>;
}
