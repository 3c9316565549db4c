import { Description, Stories, Title, useOf } from '@storybook/addon-docs/blocks';
import { lazy, Suspense } from 'react';

// Its tables are long, and only the pages of the hooks have any.
const HookReference = lazy(() => import('../stories/reference/hook-reference.tsx'));

/** `useDownload/In production` is called "useDownload in production". */
function nameOf(title: string): string {
  const [hook = '', topic = ''] = title.split('/');
  return `${hook} ${topic.charAt(0).toLowerCase()}${topic.slice(1)}`.trim();
}

/** The documentation page of a file of stories; that of a hook ends with its options and fields. */
export function DocsPageWithReference() {
  const { preparedMeta } = useOf('meta', ['meta']);
  return (
    <>
      <Title>{nameOf(preparedMeta.title)}</Title>
      <Description of="meta" />
      <Stories title={<></>} />
      <Suspense>
        <HookReference title={preparedMeta.title} />
      </Suspense>
    </>
  );
}
