import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createLockstep } from '../support/lockstep.ts';
import { numberedEvents, openEventStream } from '../support/stream-server.ts';
import { until, untilStatus } from '../support/until.ts';
import { createWireScene } from '../support/wire-scene.ts';

/*
 * The scenarios in which other SSE clients loop, leak or keep silent, each over a real server. The
 * tests say what a subscription must do.
 */

const scene = createWireScene();
const { subscribe, expectOver } = scene;

function hideAndShow(): void {
  scene.environment.page.setVisible(false);
  scene.environment.page.setVisible(true);
}

describe('a subscription over HTTP', () => {
  it('goes on after a handler that throws: 1 request, all 3 events, the throw reported', async () => {
    const received: string[] = [];
    const fault = new Error('the handler of event 2');
    const source = await subscribe(
      ({ response }) => {
        openEventStream(response);
        response.write(numberedEvents(1, 3));
      },
      {
        onMessage({ data }) {
          received.push(data);
          if (data === '2') throw fault;
        },
      },
    );
    const snapshot = await until(source, ({ messages }) => messages.length === 3);
    expect(received).toEqual(['1', '2', '3']);
    expect(scene.environment.reported).toEqual([fault]);
    expect([snapshot.status, snapshot.attempt, scene.server.inProgress()]).toEqual(['open', 1, 1]);
    source.close();
    await expectOver(1);
  });

  it('fails at a 401 with JSON: 1 request, status, body and JSON on the error', async () => {
    const source = await subscribe(({ response }) => {
      response.writeHead(401, { 'content-type': 'application/json' }).end('{"need":"login"}');
    });
    const { error } = await untilStatus(source, 'failed');
    expect(error).toMatchObject({ code: 'http-status', status: 401, body: '{"need":"login"}' });
    expect(error.json).toEqual({ need: 'login' });
    expect(error.headers?.get('content-type')).toBe('application/json');
    await expectOver(1);
  });

  it('tries again after a 429 no sooner than its Retry-After of 1 s', async () => {
    const source = await subscribe(({ response, number }) => {
      if (number === 1) response.writeHead(429, { 'retry-after': '1' }).end();
      else openEventStream(response);
    });
    const waiting = await untilStatus(source, 'waiting');
    expect(waiting.error).toMatchObject({ status: 429, retryAfterMs: 1000 });
    await untilStatus(source, 'open');
    const [first, second] = scene.server.requests('/').map(({ at }) => at);
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThanOrEqual(1000);
    source.close();
    await expectOver(2);
  });

  it('tries again after a 500 with a backoff, and shows the error meanwhile', async () => {
    const source = await subscribe(
      ({ response, number }) => {
        if (number <= 2) response.writeHead(500).end('out of order');
        else openEventStream(response);
      },
      { retry: { baseDelayMs: 1 } },
    );
    const { error } = await untilStatus(source, 'waiting');
    expect(error).toMatchObject({ code: 'http-status', status: 500, body: 'out of order' });
    const { attempt, error: cleared } = await untilStatus(source, 'open');
    expect([attempt, cleared]).toEqual([3, null]);
    source.close();
    await expectOver(3);
  });

  it('is done at a 204: 1 request and no error', async () => {
    const errors: unknown[] = [];
    const source = await subscribe(({ response }) => response.writeHead(204).end() && undefined, {
      onError: (error) => errors.push(error),
    });
    const { error, readyState } = await untilStatus(source, 'done');
    expect([error, readyState, errors]).toEqual([null, 2, []]);
    await expectOver(1);
  });

  it('fails at HTML with status 200: 1 request, the page kept on the error', async () => {
    const page = '<!doctype html><title>Please sign in</title>';
    const source = await subscribe(({ response }) => {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    });
    const { error } = await untilStatus(source, 'failed');
    expect(error).toMatchObject({ code: 'content-type', status: 200, body: page });
    expect(scene.environment.warnings.join()).toContain('login page');
    await expectOver(1);
  });

  it('resumes with the id after a clean end, without an error', async () => {
    const errors: unknown[] = [];
    const source = await subscribe(
      ({ response, resumesAfter }) => {
        openEventStream(response);
        if (resumesAfter === 0) response.end(numberedEvents(1, 2));
        else response.write(numberedEvents(resumesAfter + 1, 3));
      },
      { onError: (error) => errors.push(error) },
    );
    expect((await untilStatus(source, 'waiting')).error).toBeNull();
    const { messages } = await until(source, ({ lastEventId }) => lastEventId === '3');
    expect(messages.map(({ data }) => data)).toEqual(['1', '2', '3']);
    expect(scene.server.requests('/').map(({ headers }) => headers['last-event-id'])).toEqual([
      undefined,
      '2',
    ]);
    expect(errors).toEqual([]);
    source.close();
    await expectOver(2);
  });

  it.each([
    ['before an answer', (response: ServerResponse) => void response.destroy()],
    [
      'in mid-stream',
      (response: ServerResponse) => {
        openEventStream(response);
        response.write(numberedEvents(1, 1), () => response.destroy());
      },
    ],
  ])('sends a POST once when its socket is destroyed %s, and fails', async (_when, destroy) => {
    const source = await subscribe(({ response }) => destroy(response), {
      body: { question: 'Why?' },
    });
    const { error } = await untilStatus(source, 'failed');
    expect(error.code).toBe('network');
    expect(scene.server.requests('/')).toMatchObject([
      { method: 'POST', body: '{"question":"Why?"}' },
    ]);
    await expectOver(1);
  });

  it('makes 1 message of two comments, a retry, a lone id and then data', async () => {
    const received: unknown[] = [];
    const comments: string[] = [];
    const source = await subscribe(
      ({ response }) => {
        openEventStream(response);
        response.write(': one\n\n: two\n\nretry: 2000\n\nid: 7\n\ndata: only\n\n');
      },
      { onMessage: (message) => received.push(message), onComment: (text) => comments.push(text) },
    );
    await until(source, ({ data }) => data === 'only');
    expect(comments).toEqual(['one', 'two']);
    expect(received).toEqual([
      {
        event: 'message',
        data: 'only',
        value: 'only',
        lastEventId: '7',
        origin: scene.server.origin,
      },
    ]);
    source.close();
    await expectOver(1);
  });

  it('makes no request under a signal that is already aborted', async () => {
    const source = await subscribe(({ response }) => openEventStream(response), {
      signal: AbortSignal.abort(),
    });
    const { reason } = await untilStatus(source, 'aborted');
    expect(reason).toBe('signal');
    await expectOver(0);
  });

  it('reads a byte order mark, and a CRLF that is split between chunks', async () => {
    const chunks = ['\uFEFFdata: one\r', '\n', '\r', '\ndata: two\r', '\n\r', '\n'];
    const { onChunk, send, sizes } = createLockstep();
    const source = await subscribe(
      ({ response }) => {
        openEventStream(response);
        return send(response, chunks);
      },
      { onChunk },
    );
    const { messages } = await until(source, ({ data }) => data === 'two');
    expect(messages.map(({ data }) => data)).toEqual(['one', 'two']);
    expect(sizes).toEqual(chunks.map((chunk) => Buffer.byteLength(chunk)));
    source.close();
    await expectOver(1);
  });

  it('has 1 stream after hide and show while a retry is pending, 0 after close', async () => {
    const source = await subscribe(
      ({ response, number }) => {
        if (number === 1) response.writeHead(500).end();
        else openEventStream(response);
      },
      { pauseWhenHidden: true },
    );
    await untilStatus(source, 'waiting');
    scene.environment.page.setVisible(false);
    expect(source.getSnapshot()).toMatchObject({ status: 'paused', pausedBy: ['hidden'] });
    scene.environment.page.setVisible(true);
    const { attempt } = await untilStatus(source, 'open');
    expect([attempt, scene.server.inProgress()]).toEqual([2, 1]);
    source.close();
    await expectOver(2);
  });

  it('keeps its pending retry over hide and show when it does not pause', async () => {
    const source = await subscribe(({ response, number }) => {
      if (number === 1) response.writeHead(503, { 'retry-after': '1' }).end();
      else openEventStream(response);
    });
    const before = await untilStatus(source, 'waiting');
    hideAndShow();
    expect(source.getSnapshot()).toBe(before);
    const { attempt } = await untilStatus(source, 'open');
    expect([attempt, scene.server.inProgress()]).toEqual([2, 1]);
    source.close();
    await expectOver(2);
  });

  it('sends a POST once although the page is hidden and shown twice', async () => {
    const source = await subscribe(
      ({ response }) => {
        openEventStream(response);
        response.write(numberedEvents(1, 1));
      },
      { method: 'POST', pauseWhenHidden: true },
    );
    await until(source, ({ data }) => data === '1');
    hideAndShow();
    hideAndShow();
    const { status, attempt } = source.getSnapshot();
    expect([status, attempt, scene.server.inProgress()]).toEqual(['open', 1, 1]);
    source.close();
    await expectOver(1);
  });
});
