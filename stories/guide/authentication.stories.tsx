import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, waitFor } from 'storybook/test';
import { UserSwitch } from '../demos/user-switch.tsx';
import { statsOf, withStreamId } from '../isolated-stream.tsx';
import { patiently } from '../play-support.ts';

const meta = {
  title: 'Guides/Authentication',
  // The page of these stories is the guide.
  tags: ['!autodocs'],
  decorators: [withStreamId],
  argTypes: { url: { description: 'Where the messages come from', control: 'text' } },
} satisfies Meta<{ url: string }>;

export default meta;

type Story = StoryObj<{ url: string }>;

/** Sign in as somebody else, with the user in `key` and without. */
export const AnotherUser: Story = {
  name: 'Another user',
  args: { url: './api/inbox?interval=400' },
  render: (args) => <UserSwitch {...args} />,
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const signIn = (name: string) =>
      userEvent.click(canvas.getByRole('button', { name: `Sign in as ${name}` }));
    const messages = () => canvas.queryAllByRole('listitem').map(({ textContent }) => textContent);
    const inbox = () => canvas.getByRole('region', { name: /^Inbox/ });
    const seen: string[] = [];
    const observer = new MutationObserver(() => seen.push(inbox().textContent));

    await step('With key, the other user never sees what was of the first', async () => {
      await waitFor(() => expect(messages()[0]).toMatch(/for Ada/), patiently);
      observer.observe(inbox(), { subtree: true, childList: true, characterData: true });
      await signIn('Lin');
      await waitFor(() => expect(messages()[0]).toMatch(/^Message 1 for Lin/), patiently);
      observer.disconnect();
      const ofLin = seen.filter((text) => text.startsWith('Inbox of Lin'));
      await expect(ofLin.length).toBeGreaterThan(0);
      await expect(ofLin.filter((text) => text.includes('for Ada'))).toEqual([]);
    });

    await step('The stream of the first user is over, here and at the server', async () => {
      await waitFor(async () => expect((await statsOf(canvasElement)).open).toBe(1), patiently);
      await expect((await statsOf(canvasElement)).lastEventIds).toEqual(['', '']);
    });

    await step('Without key, nothing tells the hook that the user is another', async () => {
      await userEvent.click(canvas.getByRole('checkbox'));
      await waitFor(() => expect(messages()[0]).toMatch(/^Message 1 for Lin/), patiently);
      await signIn('Ada');
      await canvas.findByRole('region', { name: 'Inbox of Ada' });
      await waitFor(() => expect(messages()[0]).toMatch(/^Message [2-9] for Lin/), patiently);
      await expect((await statsOf(canvasElement)).requests).toBe(3);
    });
  },
};
