import type { Export, Field } from 'virtual:reference';
import { reference } from 'virtual:reference';
import { Markdown, Subheading } from '@storybook/addon-docs/blocks';
import { DocText } from './doc-text.tsx';
import { FieldTable } from './field-table.tsx';

/** A block of code in the colours of the page. */
function Code({ code }: { code: string }) {
  return <Markdown>{`\`\`\`tsx\n${code}\n\`\`\``}</Markdown>;
}

/** A member that only says that the field belongs to another variant of the type. */
const isAbsent = ({ type, text, isRequired }: Field) =>
  type === 'undefined' && text === '' && !isRequired;

function Described({ name, text, signatures, parameters, examples, fields }: Export) {
  const given = fields.filter((field) => !isAbsent(field));
  return (
    <section aria-label={name}>
      <Subheading>{name}</Subheading>
      <DocText text={text} />
      {signatures.length > 0 && <Code code={signatures.join('\n')} />}
      {parameters.length > 0 && (
        <ul>
          {parameters.map((parameter) => (
            <li key={parameter.name}>
              <code>{parameter.name}</code>: {parameter.text}
            </li>
          ))}
        </ul>
      )}
      {examples.map((example) => (
        <Code key={example} code={example} />
      ))}
      {given.length > 0 && <FieldTable caption={`Fields of ${name}`} fields={given} />}
    </section>
  );
}

/** The exports of an entry. Types that the other entry exports as well are left to its pages. */
export function ExportList({ of, without }: { of: string; without?: string }) {
  const isType = ({ signatures }: Export) => signatures.length === 0;
  const others = new Set(
    (reference.exports[without ?? ''] ?? []).filter(isType).map(({ name }) => name),
  );
  const listed = (reference.exports[of] ?? []).filter(({ name }) => !others.has(name));
  const functionsFirst = [...listed.filter((each) => !isType(each)), ...listed.filter(isType)];
  return functionsFirst.map((described) => <Described key={described.name} {...described} />);
}

/** The types of `rivulet`, and its functions but for the hooks, which have pages of their own. */
export function TypeList() {
  return (reference.exports['rivulet'] ?? [])
    .filter(({ name }) => !/^(use|create|is)[A-Z]|^Stream(Config|Error)$/.test(name))
    .map((described) => <Described key={described.name} {...described} />);
}
