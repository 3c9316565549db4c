import { render } from '@testing-library/react';
import { Activity, type ReactNode } from 'react';
import { useEventSource } from 'rivulet';
import { acrossTabs } from 'rivulet/share';
import { describe, expect, it } from 'vitest';
import { createMockServer, leftBehind, NOTHING_LEFT } from '../support/mock-server.ts';
import { NOTHING_HELD, withOtherTabs } from '../support/other-tabs.ts';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes } from '../support/render-hook.tsx';

expectQuietConsole();
const held = withOtherTabs();

describe.each(modes)('`share: acrossTabs` in <Activity> $mode', ({ isStrict }) => {
  const show = () => {
    const server = createMockServer();
    const { environment } = server;
    function Source(): ReactNode {
      const { status, data } = useEventSource('/api', { share: acrossTabs, environment });
      return `${status} ${data ?? ''}`;
    }
    const component = (mode: 'visible' | 'hidden') => (
      <Activity mode={mode}>
        <Source />
      </Activity>
    );
    const view = render(component('visible'), { reactStrictMode: isStrict });
    return {
      server,
      text: () => view.container.textContent,
      turn: (mode: 'visible' | 'hidden') => view.rerender(component(mode)),
      unmount: () => view.unmount(),
    };
  };

  it('hiding lets go of connection, lock and channel, and showing resumes', async () => {
    const { server, text, turn, unmount } = show();
    const { environment } = server;
    await environment.advance(200);
    server.stream.send({ id: '7', data: 'one' });
    await environment.advance(100);
    expect(text()).toBe('open one');
    turn('hidden');
    await environment.advance(2000);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
    expect(held()).toEqual(NOTHING_HELD);
    turn('visible');
    await environment.advance(200);
    expect(server.requests).toHaveLength(2);
    expect(server.request.headers.get('last-event-id')).toBe('7');
    expect(text()).toBe('open one');
    unmount();
    await environment.advance(2000);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
    expect(held()).toEqual(NOTHING_HELD);
  });

  it('hiding and showing in one flush leaves the request alone', async () => {
    const { server, text, turn, unmount } = show();
    const { environment } = server;
    await environment.advance(200);
    server.stream.send({ id: '1', data: 'one' });
    turn('hidden');
    turn('visible');
    await environment.advance(200);
    expect(text()).toBe('open one');
    expect(server.requests).toHaveLength(1);
    expect(server.inProgress).toBe(1);
    unmount();
    await environment.advance(2000);
    expect(held()).toEqual(NOTHING_HELD);
  });
});
