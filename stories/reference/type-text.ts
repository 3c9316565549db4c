/** Types whose arguments are those of `described-types.ts`, which say nothing. */
const PLAIN = /\b(\w+Snapshot|EndWhen|RawMessage|SchemasByName|StreamMessage|Uint8Array)<[^<>]*>/g;

/** A type as the checker prints it, without what a reader knows. */
function shorten(type: string): string {
  const shorter = type
    .replace(PLAIN, '$1')
    .replace(/(\?: [^,;)]*?) \| undefined(?=[,;)])/g, '$1')
    .replace(/\b(\w+) \| \1\b/g, '$1')
    .replace(/\{ readonly \[x: string\]: /g, '{ readonly [event: string]: ');
  return shorter === type ? type : shorten(shorter);
}

/** The members of a union as it is written: what stands between bars outside of brackets and text. */
function membersOf(type: string): string[] {
  const members = [''];
  let depth = 0;
  let isText = false;
  for (const [index, character] of [...type].entries()) {
    if (character === "'") isText = !isText;
    const isArrow = character === '>' && type[index - 1] === '=';
    if (!isText && /[([{<]/.test(character)) depth += 1;
    if (!isText && /[)\]}>]/.test(character) && !isArrow) depth -= 1;
    if (character === '|' && depth === 0 && !isText) members.push('');
    else members.push((members.pop() ?? '') + character);
  }
  return members.map((member) => member.trim());
}

/** One union of the types that a field has in several places, each member once. */
export function unite(types: readonly string[], isOptional: boolean): string {
  const members = new Set(types.map(shorten).flatMap(membersOf));
  if (isOptional && members.size > 1) members.delete('undefined');
  // An object counts its numbers up before it names the rest in order.
  const named = Object.keys(Object.fromEntries([...members].map((member) => [member, true])));
  const isNothing = (member: string) => member === 'null' || member === 'undefined';
  const ordered = [...named.filter((member) => !isNothing(member)), ...named.filter(isNothing)];
  const [only = ''] = ordered;
  return ordered.length > 1 ? ordered.join(' | ') : only.replace(/^\((.* => .*)\)$/, '$1');
}

/** How a function is called, with its name in front. */
export function signatureText(name: string, type: string): string {
  const [parameters = '', ...result] = shorten(type).split(/\) => (?!.*\) => )/);
  return `${name}${parameters}): ${result.join('')}`;
}
