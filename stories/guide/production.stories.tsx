import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, fireEvent } from 'storybook/test';
import { ReconnectStorm } from '../demos/reconnect-storm.tsx';
import { numbersIn } from '../play-support.ts';

const meta = {
  title: 'Guides/Production',
  // The page of these stories is the guide.
  tags: ['!autodocs'],
} satisfies Meta;

export default meta;

/**
 * A model, not a network: a thousand clients lose their server at the same moment. The delays are
 * those of `retryDelay` from `rivulet/core`.
 */
export const Storm: StoryObj = {
  name: 'Reconnect storm',
  render: () => <ReconnectStorm />,
  play: async ({ canvas, step }) => {
    const peakOf = (name: string) => {
      const text = canvas.getByRole('region', { name }).querySelector('p')?.textContent ?? '';
      return numbersIn(text.replaceAll(',', ''))[0] ?? 0;
    };

    await step('Without jitter everybody comes back in the same moment', async () => {
      await expect(peakOf('Always 3 s')).toBe(1000);
      await expect(peakOf('Doubling from 1 s, no jitter')).toBe(1000);
    });

    await step('With a random part of the delay they spread', async () => {
      await expect(peakOf('Rivulet')).toBeLessThan(250);
      await expect(peakOf('Rivulet, after retry: 3000')).toBeLessThan(250);
    });

    await step('However long the server was away', async () => {
      fireEvent.change(canvas.getByRole('slider'), { target: { value: '20' } });
      await canvas.findByText(/down for 20 s/);
      await expect(peakOf('Always 3 s')).toBe(1000);
      await expect(peakOf('Rivulet, after retry: 3000')).toBeLessThan(250);
    });
  },
};
