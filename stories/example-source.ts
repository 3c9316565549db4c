const files = import.meta.glob<string>('./examples/*.tsx', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** The parameters that show an example's own file, to its last character, as source of a story. */
export function showSource(name: string) {
  const code = files[`./examples/${name}.tsx`];
  if (code === undefined) throw new Error(`There is no stories/examples/${name}.tsx.`);
  return { docs: { source: { code, language: 'tsx', type: 'code' } } };
}
