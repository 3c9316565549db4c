import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect } from 'storybook/test';
import type { Results } from '../test/bench/framework/contest.ts';
import found from '../test/bench/results.json';
import { Benchmarks } from './benchmarks/benchmarks.tsx';

// Written by the benchmarks in this form; what JSON says of itself is narrower and wider.
const results = found as Results;

const meta = {
  title: 'Reference/Benchmarks',
  component: Benchmarks,
  tags: ['!autodocs'],
  parameters: { controls: { disable: true } },
} satisfies Meta<typeof Benchmarks>;

export default meta;

/** Everything that the last run found. */
export const LastRun: StoryObj<typeof meta> = {
  args: { results },
  async play({ canvas }) {
    const { findings } = results;
    const plots = await canvas.findAllByRole('figure');
    await expect(plots).toHaveLength(findings.length);
    const verdicts = findings.flatMap(({ targets }) => targets).map(({ reached }) => reached);
    await expect(canvas.getAllByRole('cell', { name: /^(reached|missed)$/ })).toHaveLength(
      verdicts.length,
    );
    const missed = canvas.queryAllByRole('cell', { name: 'missed' });
    await expect(missed).toHaveLength(verdicts.filter((reached) => !reached).length);
  },
};
