import { reference } from 'virtual:reference';
import { DocText } from './doc-text.tsx';
import './reference.css';

/** Every error code and what it means. */
export function ErrorTable() {
  return (
    <table className="reference sb-unstyled">
      <caption>Error codes</caption>
      <thead>
        <tr>
          <th scope="col">Code</th>
          <th scope="col">Meaning</th>
        </tr>
      </thead>
      <tbody>
        {reference.errorCodes.map(({ name, text }) => (
          <tr key={name}>
            <th scope="row">
              <code>{name}</code>
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
