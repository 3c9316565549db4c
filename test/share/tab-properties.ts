import * as fc from 'fast-check';
import { createSimulation, type SimulatedTab, type Simulation } from './simulated-tabs.ts';

/*
 * What must hold for any number of tabs, whatever happens to them: see `checkTabs`.
 */

type Deed =
  | 'open'
  | 'close'
  | 'crash'
  | 'leave'
  | 'freeze'
  | 'stop'
  | 'hide'
  | 'show'
  | 'reconnect'
  | 'burst'
  | 'flood'
  | 'cut'
  | 'return';

const DEEDS: readonly Deed[] = [
  'open',
  'close',
  'crash',
  'leave',
  'freeze',
  'stop',
  'hide',
  'show',
  'reconnect',
  'burst',
  'flood',
  'cut',
  'return',
];

const step = fc.record({
  deed: fc.constantFrom(...DEEDS),
  tab: fc.nat({ max: 7 }),
  /** How long it lasts, and how many events come meanwhile. */
  ms: fc.constantFrom(0, 5, 30, 150, 1500, 5000),
  events: fc.nat({ max: 4 }),
});

/** What happens to a group of tabs. */
export const tabStory = fc.record({
  seed: fc.integer(),
  maxDelayMs: fc.constantFrom(2, 20, 60),
  tabs: fc.integer({ min: 1, max: 5 }),
  visible: fc.boolean(),
  ids: fc.constantFrom('honoured' as const),
  steps: fc.array(step, { maxLength: 12 }),
});

/** The same with a server that cannot resume. */
export const forgetfulStory = tabStory.chain((story) =>
  fc.constantFrom('ignored' as const, 'none' as const).map((ids) => ({ ...story, ids })),
);

type StoryOf<TArbitrary> = TArbitrary extends fc.Arbitrary<infer TStory> ? TStory : never;
type Story = StoryOf<typeof tabStory> | StoryOf<typeof forgetfulStory>;

/** Runs a story and throws at the first thing that must not be. */
export async function checkTabs(story: Story): Promise<Simulation> {
  const simulation = createSimulation(story);
  for (let index = 0; index < story.tabs; index += 1) simulation.open(story.visible || index === 0);
  simulation.emit(1);
  await simulation.advance(3000);
  const back = new Map<SimulatedTab, () => void>();

  for (const { deed, tab: index, ms, events } of story.steps) {
    const living = simulation.tabs.filter((tab) => tab.isAlive);
    const tab = living[index % Math.max(1, living.length)];
    const present = tab !== undefined && !back.has(tab) ? tab : undefined;
    switch (deed) {
      case 'open':
        if (living.length < 8) simulation.open(index % 2 === 0);
        break;
      case 'close':
        present?.close();
        break;
      case 'crash':
        present?.crash();
        break;
      case 'leave':
      case 'freeze':
      case 'stop':
        if (present === undefined) break;
        back.set(
          present,
          { leave: present.comeBack, freeze: present.thaw, stop: present.resume }[deed],
        );
        present[deed]();
        break;
      case 'hide':
      case 'show':
        present?.show(deed === 'show');
        break;
      case 'reconnect':
        present?.connection.start();
        break;
      case 'burst':
        simulation.emit(20 * (index + 1));
        break;
      case 'flood':
        // More than a tab keeps for others.
        simulation.emit(600);
        break;
      case 'cut':
        simulation.cut();
        break;
      case 'return': {
        const [first] = back;
        if (first === undefined) break;
        back.delete(first[0]);
        first[1]();
      }
    }
    simulation.emit(events);
    await simulation.advance(ms);
  }

  for (const comeBack of back.values()) comeBack();
  const [last] = simulation.tabs.filter((tab) => tab.isAlive);
  last?.show(true);
  await simulation.advance(12_000);
  // A server that does not resume is found out by waiting in vain.
  for (let round = 0; story.ids !== 'honoured' && round < 10; round += 1) {
    simulation.emit(1);
    await simulation.advance(5000);
  }
  simulation.emit(3);
  await simulation.advance(8000);

  const living = simulation.tabs.filter((tab) => tab.isAlive);
  const fault = (text: string, tab?: SimulatedTab) => {
    return new Error(`${text} ${tab?.name ?? ''} ${tab?.after} ${JSON.stringify(tab?.got)}`);
  };
  if (simulation.connections() !== (living.length > 0 ? 1 : 0)) {
    throw fault(`${simulation.connections()} connections at the end for ${living.length} tabs`);
  }
  if (simulation.longestDouble > 1000) {
    throw fault(`two connections for ${simulation.longestDouble} ms`);
  }
  for (const tab of story.ids === 'honoured' ? [] : simulation.tabs) {
    // What is sent between two leaders is lost; all are live again. With ids nothing comes twice.
    if (
      story.ids === 'ignored' &&
      tab.got.some((number, index) => number <= (tab.got[index - 1] ?? 0))
    ) {
      throw fault('doubled:', tab);
    }
    if (tab.isAlive && tab.got.at(-1) !== simulation.emitted) throw fault('not live:', tab);
  }
  for (const tab of story.ids === 'honoured' ? simulation.tabs : []) {
    const first = tab.after ?? tab.got[0] ?? 0;
    for (const [index, number] of tab.got.entries()) {
      if (number !== first + index + 1) throw fault(`lost or doubled at ${index}:`, tab);
    }
    if (tab.isAlive && first + tab.got.length !== simulation.emitted) {
      throw fault(`does not have the last of ${simulation.emitted} events:`, tab);
    }
  }
  if (story.ids === 'honoured' && simulation.longestWait > 9000)
    throw fault(`silent for ${simulation.longestWait} ms`);
  return simulation;
}
