import type { Field } from 'virtual:reference';
import { DocText } from './doc-text.tsx';
import './reference.css';

/** The fields of a type: name and type, and what the doc comment says. */
export function FieldTable({ caption, fields }: { caption: string; fields: readonly Field[] }) {
  const isMixed = fields.some(({ isRequired }) => !isRequired);
  return (
    <table className="reference sb-unstyled">
      <caption>{caption}</caption>
      <thead>
        <tr>
          <th scope="col">Name and type</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        {fields.map(({ name, type, isRequired, text }) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
              {isMixed && isRequired && ' (required)'}
              <code data-type>{type}</code>
            </th>
            <td>
              <DocText text={text} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
