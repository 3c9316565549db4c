import type { StoryObj } from '@storybook/react-vite';
import type { DownloadOptions } from 'rivulet';
import { waitFor } from 'storybook/test';
import { type FileRequest, fetchAsked } from './demos/file-requests.tsx';
import { patiently } from './play-support.ts';

/** What a story of a download can be given. */
export type FileArgs = DownloadOptions & { url: string };

/** A story of a download. */
export type FileStory = StoryObj<FileArgs>;

/** The size of `levels.csv`, in bytes. */
export const LEVELS_SIZE = 240_000;

/** The first bar of a story, or the one that is named. */
export function barIn(canvasElement: HTMLElement, name?: string): HTMLProgressElement {
  const bars = [...canvasElement.querySelectorAll('progress')];
  const bar = bars.find((each) => name === undefined || each.ariaLabel === name);
  if (bar === undefined) throw new Error('There is no such progress bar.');
  return bar;
}

/** Waits until some of the file is there, and not all. */
export async function untilUnderWay(canvasElement: HTMLElement): Promise<void> {
  await waitFor(() => {
    const { position } = barIn(canvasElement);
    if (!(position > 0 && position < 1)) throw new Error(`The bar is at ${position}.`);
  }, patiently);
}

/** The requests of a story, as the demo server saw them. */
export function askedBy(canvasElement: HTMLElement): Promise<readonly FileRequest[]> {
  const isolated = canvasElement.querySelector<HTMLElement>('[data-stream-id]');
  return fetchAsked(isolated?.dataset['streamId'] ?? '');
}
