/**
 * The processor time of a task, user and system, in ms.
 *
 * Nothing is collected by force before it: that throws away compiled code as well, for which short
 * tasks then pay. In a process of its own, the garbage of before is one's own.
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
  let time = 0;
  const shortest = quick ? 0 : SHORTEST_RUN;
  do {
    time += await processorTime(pass);
    passes += 1;
  } while (time < shortest);
  return time / passes;
}

/** So much processor time, in ms, and the compiler has seen what there is to see. */
const WARM_UP = 1500;

/**
 * Repeats a task until it is compiled as well as it will be. What has many parts takes longer for it
 * than what has one, and streams that matter are longer still.
 *
 * @param {() => Promise<void>} pass
 */
export async function warmUp(pass) {
  for (let spent = 0; spent < WARM_UP; ) spent += await processorTime(pass);
}

/** Bytes in use after everything else was collected. */
export async function heapInUse() {
  for (let round = 0; round < 3; round += 1) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    globalThis.gc?.();
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
