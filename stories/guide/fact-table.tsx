import { Markdown } from '@storybook/addon-docs/blocks';
import './fact-table.css';

interface FactTableProps {
  /** What the table is about, for those who do not see it. */
  readonly label: string;
  /** Titles of the columns, in inline Markdown. */
  readonly head: readonly string[];
  /** Cells in inline Markdown; the first of a row is its header. */
  readonly rows: readonly (readonly string[])[];
}

const inline = { forceInline: true, forceBlock: false };

/** A table of a guide: MDX has no syntax for one here. On a phone each row is a block. */
export function FactTable({ label, head, rows }: FactTableProps) {
  return (
    <section className="fact-table sb-unstyled" aria-label={label}>
      <table>
        <thead>
          <tr>
            {head.map((title) => (
              <th key={title} scope="col">
                <Markdown options={inline}>{title}</Markdown>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([first = '', ...others]) => (
            <tr key={first}>
              <th scope="row">
                <Markdown options={inline}>{first}</Markdown>
              </th>
              {others.map((cell, index) => (
                // Cells may say the same; they never move.
                <td key={head[index + 1]} data-head={head[index + 1]?.replaceAll('`', '')}>
                  <Markdown options={inline}>{cell}</Markdown>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
