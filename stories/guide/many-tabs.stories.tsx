import type { Meta, StoryObj } from '@storybook/react-vite';
import { expect, waitFor, within } from 'storybook/test';
import { ThreeTabs } from '../demos/three-tabs.tsx';
import { showSource } from '../example-source.ts';
import { TabFeed } from '../examples/tab-feed.tsx';
import { withStreamId } from '../isolated-stream.tsx';

const meta = {
  title: 'Guides/Many tabs',
  // The page of these stories is the guide.
  tags: ['!autodocs'],
} satisfies Meta;

export default meta;

/** Three pages load first, each with a Storybook of its own. */
const whileLoading = { timeout: 60_000 };

/** Three frames that share one connection, and what can happen to each. */
export const InThreeTabs: StoryObj<{ url: string }> = {
  name: 'In three tabs',
  // In Vitest there is no Storybook that the frames could open.
  tags: ['!test'],
  args: { url: './api/notifications?interval=600' },
  decorators: [withStreamId],
  render: ({ url }) => <ThreeTabs url={url} />,
  parameters: {
    ...showSource('tab-feed'),
    // The frames have no panel that this page could show.
    wire: 'none',
    // Each frame is a story, and examines itself.
    a11y: { context: { exclude: ['iframe'] } },
  },
  play: async ({ canvas, canvasElement, userEvent, step }) => {
    const tabs = () => [...canvasElement.querySelectorAll('iframe')];
    const shownIn = (tab: HTMLIFrameElement) => tab.contentDocument?.body.textContent ?? '';
    const leaders = () => tabs().filter((tab) => shownIn(tab).includes('This tab leads.'));

    await step('One of them leads, and all of them are live', async () => {
      await waitFor(() => expect(leaders()).toHaveLength(1), whileLoading);
      await waitFor(() => {
        for (const tab of tabs()) expect(shownIn(tab)).toMatch(/open.*Gaps: none\s*\d+:/);
      }, whileLoading);
      const open = canvas.getByLabelText('Open at the server');
      await waitFor(() => expect(open).toHaveTextContent(/^1$/), whileLoading);
    });

    await step('When it is closed another one leads, and nothing is missing', async () => {
      const name = leaders()[0]?.title ?? '';
      const closed = within(canvas.getByRole('region', { name }));
      await userEvent.click(closed.getByRole('button', { name: 'Close' }));
      await waitFor(() => expect(leaders()).toHaveLength(1), whileLoading);
      for (const tab of tabs()) await expect(shownIn(tab)).toContain('Gaps: none');
      await userEvent.click(closed.getByRole('button', { name: 'Open' }));
    });
  },
};

/** What each of the frames shows. */
export const OneTab: StoryObj<{ room: string }> = {
  name: 'One tab',
  args: { room: 'alone' },
  argTypes: { room: { description: 'Tabs with the same one share', control: 'text' } },
  render: ({ room }) => <TabFeed url={`./api/notifications?interval=600&id=${room}`} />,
  parameters: { ...showSource('tab-feed'), wire: 'none' },
  play: async ({ canvas }) => {
    await canvas.findByText('open', {}, whileLoading);
    // Nobody else is there.
    await canvas.findByText(/This tab leads\./, {}, whileLoading);
  },
};
