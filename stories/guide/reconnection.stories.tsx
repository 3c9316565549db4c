import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fireEvent } from 'storybook/test';
import { BackoffChart } from '../demos/backoff-chart.tsx';

const meta = {
  title: 'Guides/Reconnection and Last-Event-ID',
  tags: ['!autodocs'],
} satisfies Meta;

export default meta;

/** The waits between attempts, by the function that the hooks use. */
export const Waits: StoryObj = {
  render: () => <BackoffChart />,
  // Nothing goes over a wire here.
  parameters: { wire: 'none' },
  play: async ({ canvas, step }) => {
    /** The shortest and the longest wait after each failure, in seconds. */
    const waits = () =>
      canvas.getAllByText(/^[\d.]+ s to [\d.]+ s$/).map(({ textContent }) => {
        const [from, to] = textContent.split(' s to ').map(Number.parseFloat);
        return { from, to };
      });
    const set = (label: RegExp, value: number) =>
      fireEvent.change(canvas.getByLabelText(label), { target: { value } });

    await step('The width doubles with every failure, up to the ceiling', async () => {
      const longest = waits().map(({ to }) => to);
      await expect(longest.slice(0, 5)).toEqual([1.1, 2.1, 4.1, 8.1, 16.1]);
      await expect(longest.slice(5)).toEqual([30.1, 30.1, 30.1]);
    });

    await step('A retry: of the server is a floor, and replaces the base', async () => {
      await set(/^retry:/, 3000);
      await expect(waits()[0]).toEqual({ from: 3, to: 6 });
      await expect(waits()[1]).toEqual({ from: 3, to: 9 });
    });

    await step('No wait is shorter than Retry-After', async () => {
      await set(/^Retry-After/, 20_000);
      await expect(waits().map(({ from }) => from)).toEqual(Array.from({ length: 8 }, () => 20));
    });
  },
};
