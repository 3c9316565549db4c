import type { Field } from 'virtual:reference';
import { reference } from 'virtual:reference';
import { Heading, Subheading } from '@storybook/addon-docs/blocks';
import { FieldTable } from './field-table.tsx';

/** A table: its heading, and the type whose fields it shows. */
interface Section {
  readonly heading: string;
  readonly type: string;
}

const OF_MESSAGES: readonly Section[] = [
  { heading: 'Options for messages', type: 'MessageOptions' },
  { heading: 'Options for a reduced state', type: 'ReduceOptions' },
];

const OF_ALL: Section = { heading: 'Options of all hooks', type: 'StreamOptions' };

const RESULT_OF_ALL: Section = { heading: 'Result fields of all hooks', type: 'LifecycleFields' };

/** The tables of each hook. Its own fields come first and are those that no later table has. */
const HOOKS: Readonly<Record<string, { options: Section[]; result: Section[]; more: Section[] }>> =
  {
    useEventSource: {
      options: [
        { heading: 'Options of its own', type: 'EventSourceOptions' },
        ...OF_MESSAGES,
        OF_ALL,
      ],
      result: [
        { heading: 'Result fields of its own', type: 'EventSourceResult' },
        { heading: 'Result fields for messages', type: 'MessageFields' },
        RESULT_OF_ALL,
      ],
      more: [
        { heading: 'A message', type: 'StreamMessage' },
        { heading: 'The option retry', type: 'RetryOptions' },
      ],
    },
    useStreamingFetch: {
      options: [
        { heading: 'Options of its own', type: 'StreamingFetchOptions' },
        ...OF_MESSAGES,
        OF_ALL,
      ],
      result: [
        { heading: 'Result fields of its own', type: 'StreamingFetchResult' },
        { heading: 'Result fields for messages', type: 'MessageFields' },
        RESULT_OF_ALL,
      ],
      more: [
        { heading: 'What start() can be given', type: 'RequestOverrides' },
        { heading: 'A message', type: 'StreamMessage' },
        { heading: 'The option retry', type: 'RetryOptions' },
      ],
    },
    useDownload: {
      options: [{ heading: 'Options of its own', type: 'DownloadOptions' }, OF_ALL],
      result: [{ heading: 'Result fields of its own', type: 'DownloadResult' }, RESULT_OF_ALL],
      more: [
        { heading: 'What start() can be given', type: 'RequestOverrides' },
        { heading: 'The option retry', type: 'RetryOptions' },
      ],
    },
  };

/** The fields of a type that none of the other types has. */
function ownFields(type: string, others: readonly Section[]): readonly Field[] {
  const names = new Set(
    others.flatMap((other) => (reference.fields[other.type] ?? []).map(({ name }) => name)),
  );
  return (reference.fields[type] ?? []).filter(({ name }) => !names.has(name));
}

function Sections({ heading, sections }: { heading: string; sections: readonly Section[] }) {
  return (
    <>
      <Subheading>{heading}</Subheading>
      {sections.map((section, index) => (
        <FieldTable
          key={section.type}
          caption={section.heading}
          fields={ownFields(section.type, index === 0 ? sections.slice(1) : [])}
        />
      ))}
    </>
  );
}

/** Every option and every result field of a hook. Nothing for any other title. */
export default function HookReference({ title }: { title: string }) {
  const hook = HOOKS[title];
  if (hook === undefined) return null;
  return (
    <section aria-label="Reference">
      <Heading>Reference</Heading>
      <Sections heading="Options" sections={hook.options} />
      <Sections heading="Result" sections={hook.result} />
      <Subheading>Also</Subheading>
      {hook.more.map(({ heading, type }) => (
        <FieldTable key={type} caption={heading} fields={reference.fields[type] ?? []} />
      ))}
    </section>
  );
}
