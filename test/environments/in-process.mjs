/** Reads the streams of a server in a process of Bun, Deno or Node, and prints what came. */
import { readStreams } from './streams.mjs';

console.log(JSON.stringify(await readStreams(process.argv[2] ?? '')));
