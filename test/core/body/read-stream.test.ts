import { readStream } from 'rivulet/core';
import { createMockStream, type MockStream } from 'rivulet/testing';
import { describe, expect, test } from 'vitest';

function setUp() {
  const stream = createMockStream();
  const { body } = stream.response;
  if (body === null) throw new Error('A scripted stream has a body.');
  return { stream, body, controller: new AbortController() };
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** A task of the host: by then everything that was ready has run. */
const settle = () => new Promise<void>((resolve) => setTimeout(resolve));

describe('the stream reader', () => {
  test('hands over every chunk as it came, and resolves at the end', async () => {
    const { stream, body, controller } = setUp();
    const chunks: string[] = [];
    const reading = readStream(body, {
      signal: controller.signal,
      onChunk: (bytes) => void chunks.push(text(bytes)),
    });
    stream.write('one');
    stream.write('two');
    stream.close();
    await reading;
    expect(chunks).toEqual(['one', 'two']);
    expect(body.locked).toBe(false);
  });

  test.each<[string, (stream: MockStream, controller: AbortController) => void]>([
    ['while it waits for a chunk', (_, controller) => controller.abort()],
    [
      'with a chunk on its way',
      (stream, controller) => {
        stream.write('late');
        controller.abort();
      },
    ],
  ])('resolves at an abort %s, cancels the body and hands over nothing more', async (_, abort) => {
    const { stream, body, controller } = setUp();
    const chunks: string[] = [];
    const reading = readStream(body, {
      signal: controller.signal,
      onChunk: (bytes) => void chunks.push(text(bytes)),
    });
    stream.write('one');
    await settle();
    abort(stream, controller);
    await reading;
    expect(chunks).toEqual(['one']);
    expect(stream.isCancelled).toBe(true);
    expect(body.locked).toBe(false);
  });

  test('reads nothing under a signal that is aborted already', async () => {
    const { stream, body } = setUp();
    stream.write('one');
    await readStream(body, {
      signal: AbortSignal.abort(),
      onChunk: () => expect.unreachable('There was a chunk.'),
    });
    expect(stream.isCancelled).toBe(true);
    expect(body.locked).toBe(false);
  });

  test('rejects with what the transport threw', async () => {
    const { stream, body, controller } = setUp();
    const reading = readStream(body, { signal: controller.signal, onChunk: () => {} });
    stream.fail(new Error('reset'));
    await expect(reading).rejects.toThrow('reset');
    expect(body.locked).toBe(false);
  });

  test.each<[string, () => void | Promise<void>]>([
    [
      'threw',
      () => {
        throw new Error('no room');
      },
    ],
    ['rejected with', () => Promise.reject(new Error('no room'))],
  ])('rejects with what `onChunk` %s, and cancels the body', async (_, onChunk) => {
    const { stream, body, controller } = setUp();
    const reading = readStream(body, { signal: controller.signal, onChunk });
    stream.write('one');
    await expect(reading).rejects.toThrow('no room');
    expect(stream.isCancelled).toBe(true);
    expect(body.locked).toBe(false);
  });

  test('waits for a promise that `onChunk` returned before it reads on', async () => {
    const { stream, body, controller } = setUp();
    const chunks: string[] = [];
    let goOn = () => {};
    const reading = readStream(body, {
      signal: controller.signal,
      onChunk(bytes) {
        chunks.push(text(bytes));
        return new Promise((resolve) => {
          goOn = resolve;
        });
      },
    });
    stream.write('one');
    stream.write('two');
    await settle();
    expect(chunks).toEqual(['one']);
    goOn();
    await settle();
    expect(chunks).toEqual(['one', 'two']);
    controller.abort();
    goOn();
    await reading;
    expect(body.locked).toBe(false);
  });

  test('leaves no listener at the signal', async () => {
    const { stream, body, controller } = setUp();
    const reading = readStream(body, { signal: controller.signal, onChunk: () => {} });
    stream.close();
    await reading;
    controller.abort('too late');
    expect(stream.isCancelled).toBe(false);
  });
});
