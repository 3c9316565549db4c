import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, waitFor } from 'storybook/test';
import { LifecycleLaboratory } from '../demos/lifecycle-laboratory.tsx';
import { statsOf, withStreamId } from '../isolated-stream.tsx';
import { patiently } from '../play-support.ts';

const meta = {
  title: 'Guides/Status and readyState',
  tags: ['!autodocs'],
  decorators: [withStreamId],
  argTypes: { url: { description: 'Where the stream comes from', control: 'text' } },
} satisfies Meta<{ url: string }>;

export default meta;

type Story = StoryObj<{ url: string }>;

/**
 * A real subscription, with a server that obeys the buttons. Only “Go offline” is emulated: it
 * changes what the browser reports about the network, not the network.
 */
export const Laboratory: Story = {
  args: { url: './api/laboratory' },
  render: (args) => <LifecycleLaboratory {...args} />,
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const status = canvas.getByRole('status');
    const history = canvas.getByRole('log', { name: /^Changes/ });
    const press = (name: string) => userEvent.click(canvas.getByRole('button', { name }));
    const lit = () => canvasElement.querySelector('[data-current]')?.getAttribute('data-current');
    const becomes = (name: string, readyState: string) =>
      waitFor(() => {
        expect(status).toHaveTextContent(name);
        expect(lit()).toBe(name);
        expect(canvas.getByText(readyState)).toBeInTheDocument();
      }, patiently);
    const answer = (text: RegExp) => {
      const choice = canvas.getByLabelText('New connections get');
      const option = [...choice.querySelectorAll('option')].find((each) => text.test(each.text));
      return userEvent.selectOptions(choice, option?.value ?? '');
    };

    await step('It connects and opens, and the diagram shows it', async () => {
      await becomes('open', '1 OPEN');
      await expect(history).toHaveTextContent('connecting → open');
      await canvas.findByText(/number [1-9]/, {}, patiently);
    });

    await step('A dropped connection is waited for, and comes back', async () => {
      await press('Drop the connection');
      await waitFor(() => expect(history).toHaveTextContent('open → waiting'), patiently);
      await becomes('open', '1 OPEN');
      await expect(history).toHaveTextContent(/open → waiting.*waiting → connecting/);
    });

    await step('A server that is away is tried again, with a countdown', async () => {
      await answer(/^503/);
      await waitFor(async () => expect((await statsOf(canvasElement)).requests).toBe(2));
      await press('Drop the connection');
      await waitFor(
        () => expect(canvas.getByText(/with status 503/)).toBeInTheDocument(),
        patiently,
      );
      await becomes('waiting', '0 CONNECTING');
      await expect(canvas.getByRole('timer')).toHaveTextContent(/Next attempt in \d+\.\d s/);
    });

    await step('Offline, a retry is held back', async () => {
      await press('Go offline');
      await becomes('paused', '0 CONNECTING');
      await canvas.findByText(/Held back by: offline/);
      await answer(/^200/);
      await press('Go offline');
      await becomes('open', '1 OPEN');
    });

    await step('The server says that this was all', async () => {
      await press('Say that this was all');
      await becomes('done', '2 CLOSED');
    });

    await step('A refusal is a failure', async () => {
      await answer(/^403/);
      await press('reconnect()');
      await becomes('failed', '2 CLOSED');
      await canvas.findByText(/with status 403/);
    });

    await step('close() aborts, and says who did it', async () => {
      await answer(/^200/);
      await press('reconnect()');
      await becomes('open', '1 OPEN');
      await press('close()');
      await becomes('aborted', '2 CLOSED');
      await canvas.findByText(/Ended by: caller/);
    });

    await step('Switched off it is idle', async () => {
      await press('enabled: false');
      await becomes('idle', '2 CLOSED');
      await waitFor(async () => expect((await statsOf(canvasElement)).open).toBe(0), patiently);
    });
  },
};
