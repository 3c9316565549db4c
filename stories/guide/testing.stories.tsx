import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, waitFor, within } from 'storybook/test';
import { ScriptedStream } from '../demos/scripted-stream.tsx';
import { patiently } from '../play-support.ts';

const meta = {
  title: 'Guides/Testing',
  // The page of these stories is the guide.
  tags: ['!autodocs'],
} satisfies Meta;

export default meta;

/** No server here: each button is a line of a test. */
export const Scripted: StoryObj = {
  name: 'A scripted stream',
  render: () => <ScriptedStream />,
  play: async ({ canvas, userEvent, step }) => {
    const component = within(canvas.getByRole('region', { name: 'The component' }));
    const press = (name: RegExp) => userEvent.click(canvas.getByRole('button', { name }));
    const prices = () => component.queryAllByRole('listitem').map((item) => item.textContent);

    await step('What the script sends is what the component shows', async () => {
      await component.findByText('open', {}, patiently);
      await press(/send/);
      await press(/send/);
      await waitFor(() => expect(prices()).toEqual(['42.10', '42.20']), patiently);
    });

    await step('Half an event is not an event, and a broken connection is resumed', async () => {
      await press(/write/);
      await press(/fail/);
      await component.findByText('waiting', {}, patiently);
      await component.findByText('attempt 2', {}, patiently);
      await component.findByText('open', {}, patiently);
      await press(/send/);
      await waitFor(() => expect(prices()).toEqual(['42.10', '42.20', '42.30']), patiently);
      await canvas.findByText('/api/prices Last-Event-ID: 2');
    });
  },
};
