/**
 * The processor time of a task, user and system, in ms. The garbage of before is none of it.
 *
 * @param {() => Promise<unknown>} task
 */
export async function processorTime(task) {
  const before = process.cpuUsage();
  await task();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Shorter than this, and the clock of the processor and the compiler decide. */
const SHORTEST_RUN = 150;

/**
 * The processor time of one pass of a task, which is repeated until that can be told.
 *
 * @param {() => Promise<void>} pass
 * @param {boolean} quick once will do
 */
export async function timePerPass(pass, quick) {
  let passes = 0;
  const time = await processorTime(async () => {
    const begin = process.cpuUsage();
    let spent = 0;
    while (passes === 0 || (!quick && spent < SHORTEST_RUN)) {
      await pass();
      passes += 1;
      const { user, system } = process.cpuUsage(begin);
      spent = (user + system) / 1000;
    }
  });
  return time / passes;
}
