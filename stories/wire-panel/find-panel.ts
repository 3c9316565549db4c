import { within } from 'storybook/test';

/** The wire panel below a story; its words are in a shadow root, where `canvas` does not look. */
export function panelIn(canvasElement: HTMLElement): HTMLElement {
  const host = canvasElement.querySelector('[data-wire-panel]');
  const panel = host?.shadowRoot?.querySelector('section');
  if (!panel) throw new Error('There is no wire panel.');
  return panel;
}

/** What a lane counts. */
export function totalIn(panel: HTMLElement, lane: string): number {
  const total = within(panel).getByText(lane).nextElementSibling?.firstChild?.textContent;
  return Number(total?.replaceAll(',', ''));
}
