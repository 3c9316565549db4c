import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, waitFor } from 'storybook/test';
import { showSource } from '../example-source.ts';
import { IdempotentOrder } from '../examples/idempotent-order.tsx';
import { statsOf, withStreamId } from '../isolated-stream.tsx';
import { patiently } from '../play-support.ts';

interface OrderArgs {
  url: string;
  withKey: boolean;
}

const meta = {
  title: 'Guides/POST instead of EventSource',
  tags: ['!autodocs'],
  decorators: [withStreamId],
  argTypes: {
    url: { description: 'Where orders are sent', control: 'text' },
    withKey: { description: 'Whether the request carries an Idempotency-Key', control: 'boolean' },
  },
  render: (args) => <IdempotentOrder {...args} />,
  parameters: showSource('idempotent-order'),
} satisfies Meta<OrderArgs>;

export default meta;

type Story = StoryObj<OrderArgs>;

/**
 * The connection breaks half-way, and the POST is not sent again, because nobody knows what that
 * would do.
 */
export const WithoutKey: Story = {
  name: 'Without a key',
  args: { url: './api/orders?interval=300', withKey: false },
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const status = canvas.getByRole('status');

    await step('A drop is a failure, after one request', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Order a canoe' }));
      await waitFor(() => expect(status).toHaveTextContent('failed'), patiently);
      await expect(canvas.getByRole('log')).toHaveTextContent('Order 1: acceptedOrder 1: paid');
      await expect(canvas.getByRole('alert')).toHaveTextContent('not sent again by itself');
      await expect((await statsOf(canvasElement)).requests).toBe(1);
    });

    await step('Sent again by hand, it is a second order', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Send again' }));
      await canvas.findByText('Orders made at the server: 2', {}, patiently);
      await expect((await statsOf(canvasElement)).requests).toBe(2);
    });
  },
};

/**
 * Every attempt has the same key, so the server recognises the order and continues to report on
 * it.
 */
export const WithKey: Story = {
  name: 'With an Idempotency-Key',
  args: { url: './api/orders?interval=300', withKey: true },
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const status = canvas.getByRole('status');

    await step('The connection breaks, and the order goes on', async () => {
      await userEvent.click(canvas.getByRole('button', { name: 'Order a canoe' }));
      await waitFor(() => expect(status).toHaveTextContent('done'), patiently);
      await expect(canvas.getByRole('log')).toHaveTextContent(
        'Order 1: acceptedOrder 1: paidOrder 1: packedOrder 1: shipped',
      );
    });

    await step('Two requests have made one order', async () => {
      await canvas.findByText('Orders made at the server: 1', {}, patiently);
      const { requests, lastEventIds } = await statsOf(canvasElement);
      await expect({ requests, lastEventIds }).toEqual({ requests: 2, lastEventIds: ['', '2'] });
    });
  },
};
