import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, waitFor, within } from 'storybook/test';
import { NativeAndHook } from '../demos/native-and-hook.tsx';
import { statsOf, withStreamId } from '../isolated-stream.tsx';
import { patiently } from '../play-support.ts';

const meta = {
  title: 'Guides/Migrating',
  // The page of these stories is the guide.
  tags: ['!autodocs'],
  decorators: [withStreamId],
  argTypes: { url: { description: 'Where the requests go', control: 'text' } },
} satisfies Meta<{ url: string }>;

export default meta;

/** The server answers 503 twice, as during a deployment. */
export const SameServer: StoryObj<{ url: string }> = {
  name: 'The same 503 for both',
  args: { url: './api/unavailable?failures=2' },
  render: (args) => <NativeAndHook {...args} />,
  play: async ({ canvas, canvasElement, step }) => {
    const panel = (name: string) => within(canvas.getByRole('region', { name }));

    await step('The native EventSource gives up, and does not say why', async () => {
      await panel('Native EventSource').findByText('CLOSED', {}, patiently);
    });

    await step('The hook says what it heard, tries again, and is back', async () => {
      await panel('useEventSource').findByText(/503/, {}, patiently);
      await panel('useEventSource').findByText(/^Number: \d+$/, {}, patiently);
      await expect(panel('useEventSource').getByRole('status')).toHaveTextContent('open');
      await waitFor(async () => expect((await statsOf(canvasElement)).requests).toBe(3));
    });

    await step('By then the native one still is closed', async () => {
      await panel('Native EventSource').findByText(/Number: none/);
      await expect(panel('Native EventSource').getByRole('status')).toHaveTextContent('CLOSED');
    });
  },
};
