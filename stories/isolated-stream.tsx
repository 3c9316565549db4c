import type { Decorator } from '@storybook/react-vite';
import { type ReactNode, useState } from 'react';

/** What the demo server knows of one stream. */
export interface StreamStats {
  /** Requests so far, refused ones included. */
  readonly requests: number;
  /** Responses still being sent. */
  readonly open: number;
  /** The Last-Event-ID of each request, empty where there was none. */
  readonly lastEventIds: readonly string[];
  /** How each of those ids came. */
  readonly resumedBy: readonly ('header' | 'query' | '')[];
}

/** One id for as long as it is mounted, readable from outside. */
function StreamId({ children }: { children: (id: string) => ReactNode }) {
  const [id] = useState(() => Math.random().toString(36).slice(2));
  return <div data-stream-id={id}>{children(id)}</div>;
}

/**
 * Gives every showing of a story an id of its own at the demo server, in its `url`: a server that
 * fails twice does so for each of them.
 */
export const withStreamId: Decorator = (Story, { args }) => (
  <StreamId>
    {(id) => {
      const { url } = args;
      if (typeof url !== 'string') return <Story />;
      // Storybook keeps what a decorator gave: shown again, the story would have two ids.
      const given = url.replace(/[?&]id=[^&]*$/, '');
      const separator = given.includes('?') ? '&' : '?';
      return <Story args={{ ...args, url: `${given}${separator}id=${id}` }} />;
    }}
  </StreamId>
);

/** Asks the demo server about the stream of a story. */
export async function statsOf(canvasElement: HTMLElement): Promise<StreamStats> {
  const isolated = canvasElement.querySelector<HTMLElement>('[data-stream-id]');
  const response = await fetch(`./api/stats?id=${isolated?.dataset['streamId']}`);
  return await response.json();
}
