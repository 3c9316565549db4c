import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, waitFor } from 'storybook/test';
import { ServedMarkup } from '../demos/served-markup.tsx';
import { statsOf, withStreamId } from '../isolated-stream.tsx';
import { patiently } from '../play-support.ts';

const meta = {
  title: 'Guides/Next.js and server rendering',
  // The page of these stories is the guide.
  tags: ['!autodocs'],
  decorators: [withStreamId],
  argTypes: { url: { description: 'Where the requests go', control: 'text' } },
} satisfies Meta<{ url: string }>;

export default meta;

/** `react-dom/server` runs in this page: what it renders, and how the browser takes it over. */
export const Served: StoryObj<{ url: string }> = {
  name: 'Served and hydrated',
  args: { url: './api/clock' },
  render: (args) => <ServedMarkup {...args} />,
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const items = () => canvas.getAllByRole('listitem');
    const servedMarkup = () => items().map((item) => item.querySelectorAll('code')[1]?.textContent);
    const present = () => items().map((item) => item.lastElementChild?.textContent);
    const served = ['connecting', 'idle', 'connecting', 'idle', 'idle'];

    await step(
      'On the server nothing is requested, and what will start is connecting',
      async () => {
        await expect(servedMarkup()).toEqual(served.map((status) => `<b>${status}</b>`));
        await expect((await statsOf(canvasElement)).requests).toBe(0);
      },
    );

    await step('Hydrated, they go on from there, without a mismatch', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Hydrate' }));
      await waitFor(
        () => expect(present()).toEqual(['open', 'idle', 'open', 'idle', 'idle']),
        patiently,
      );
      await expect(canvas.getByRole('status', { name: 'Mismatches' })).toHaveTextContent('0');
      await expect((await statsOf(canvasElement)).open).toBe(2);
    });
  },
};
