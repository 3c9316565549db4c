/** The process of one contestant: makes its task and does it whenever told to. */
const { module, task: name, options } = JSON.parse(process.argv[2] ?? '');
const { [name]: make } = await import(module);
/** @type {Pick<import('./contest.ts').Runner, 'verify' | 'run'>} */
const task = await make(options);

process.on('message', async (/** @type {'verify' | 'run'} */ method) => {
  try {
    process.send?.({ answer: await task[method]() });
  } catch (error) {
    process.send?.({ error: error instanceof Error ? error.message : String(error) });
  }
});
process.on('disconnect', () => process.exit());
