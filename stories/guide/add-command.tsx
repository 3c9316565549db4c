import { SourceFile } from './source-file.tsx';

/** The command that copies an example into an app, with the address where this page is. */
export function AddCommand({ name }: { name: string }) {
  const { href } = new URL(`r/${name}.json`, document.baseURI);
  return <SourceFile code={`npx shadcn@latest add ${href}\n`} language="sh" />;
}
