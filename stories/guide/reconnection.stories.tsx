import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fireEvent } from 'storybook/test';
import { BackoffChart } from '../demos/backoff-chart.tsx';
import { numbersIn } from '../play-support.ts';

const meta = {
  title: 'Guides/Reconnection and Last-Event-ID',
  tags: ['!autodocs'],
} satisfies Meta;

export default meta;

/** The waits between attempts, by the function that the hooks use. */
export const Waits: StoryObj = {
  render: () => <BackoffChart />,
  play: async ({ canvas, step }) => {
    /** The shortest and the longest wait after each failure, in tenths of a second. */
    const waits = () =>
      canvas
        .getAllByRole('row')
        .slice(1)
        .map((row) => {
          const [, seconds = 0, tenths = 0, toSeconds = 0, toTenths = 0] = numbersIn(
            row.textContent,
          );
          return [10 * seconds + tenths, 10 * toSeconds + toTenths];
        });
    const set = (label: RegExp, value: number) =>
      fireEvent.change(canvas.getByLabelText(label), { target: { value } });

    await step('The width doubles with every failure, up to the ceiling', async () => {
      const longest = waits().map(([, to]) => to);
      await expect(longest.slice(0, 5)).toEqual([11, 21, 41, 81, 161]);
      await expect(longest.slice(5)).toEqual([301, 301, 301]);
    });

    await step('A retry: of the server is a floor, and replaces the base', async () => {
      await set(/^retry:/, 3000);
      await expect(waits()[0]).toEqual([30, 60]);
      await expect(waits()[1]).toEqual([30, 90]);
    });

    await step('No wait is shorter than Retry-After', async () => {
      await set(/^Retry-After/, 20_000);
      await expect(waits().map(([from]) => from)).toEqual(Array.from({ length: 8 }, () => 200));
    });
  },
};
