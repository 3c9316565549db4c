import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../stories/demo-server/node-server.ts';

let server: DemoServer;

beforeEach(async () => {
  server = await startDemoServer();
});

afterEach(() => server.close());

describe('the broken servers among the demo', () => {
  it.each([
    ['no-data?count=2', 'Step 1 of the job is done.\nStep 2 of the job is done.\n'],
    ['no-blank-line?count=2', 'data: Step 1\ndata: Step 2\n'],
    ['bare-end?count=1', 'id: 1\ndata: Step 1\n\nend\n\n'],
    ['bare-end?count=1&form=event', 'id: 1\ndata: Step 1\n\nevent: end\n\n'],
    ['held-back?count=1&hold=0', 'id: 1\ndata: Step 1\n\nevent: end\ndata: bye\n\n'],
  ])('send %s under the name of an event stream', async (path, wire) => {
    const response = await fetch(`${server.url}/api/broken/${path}&interval=0`);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(await response.text()).toBe(wire);
  });
});
