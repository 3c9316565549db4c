import { render } from '@testing-library/react';
import { Profiler, type ReactNode } from 'react';
import { StreamConfig, useEventSource } from 'rivulet';
import { inPage } from 'rivulet/share';
import { describe, expect, it } from 'vitest';
import { createMockServer, leftBehind, NOTHING_LEFT } from '../support/mock-server.ts';
import { expectQuietConsole } from '../support/quiet-console.ts';
import { modes } from '../support/render-hook.tsx';

expectQuietConsole();

/** A page of widgets that share one connection, with what they show and how often React commits. */
function renderWidgets(count: number, isStrict: boolean) {
  const server = createMockServer();
  const page = { commits: 0 };

  function Widget(): ReactNode {
    const { data } = useEventSource('/api', { share: inPage });
    return <p>{data}</p>;
  }

  const widgets = (left: number) => (
    <StreamConfig environment={server.environment}>
      <Profiler id="page" onRender={() => (page.commits += 1)}>
        {Array.from({ length: left }, (_, index) => (
          <Widget key={`widget ${index + 1}`} />
        ))}
      </Profiler>
    </StreamConfig>
  );
  const view = render(widgets(count), { reactStrictMode: isStrict });
  return {
    server,
    shown: () => Array.from(view.container.querySelectorAll('p'), ({ textContent }) => textContent),
    page,
    show: (left: number) => view.rerender(widgets(left)),
    unmount: () => view.unmount(),
  };
}

describe.each(modes)('`share: inPage` in useEventSource $mode', ({ isStrict }) => {
  it('sends one request for all components, and one event commits once', async () => {
    const { server, shown, page } = renderWidgets(50, isStrict);
    await server.environment.advance(100);
    server.stream.send('first');
    await server.environment.advance(100);
    const before = page.commits;
    server.stream.send('second');
    await server.environment.advance(100);
    expect(server.requests).toHaveLength(1);
    expect(shown()).toEqual(Array.from({ length: 50 }, () => 'second'));
    expect(page.commits - before).toBe(1);
  });

  it('keeps the connection while components come and go, and lets it go after the last', async () => {
    const { server, shown, show, unmount } = renderWidgets(2, isStrict);
    await server.environment.advance(100);
    show(0);
    await server.environment.advance(500);
    expect(server.inProgress).toBe(1);
    show(3);
    await server.environment.advance(5000);
    server.stream.send('still here');
    await server.environment.advance(100);
    expect(shown()).toEqual(['still here', 'still here', 'still here']);
    expect(server.requests).toHaveLength(1);
    unmount();
    await server.environment.advance(1000);
    expect(leftBehind(server)).toEqual(NOTHING_LEFT);
  });
});
