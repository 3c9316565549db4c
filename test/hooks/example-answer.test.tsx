/*
 * How to test a streamed answer: copy this file.
 *
 * `mock.requests` has what was sent, byte-exact chunks come from `write` and `writeSplit`, and how an
 * answer can end is one line each: `close()`, `fail()`, another status.
 */
import { fireEvent, render, screen } from '@testing-library/react';
import type { ReactNode } from 'react';
import { StreamConfig, useStreamingFetch } from 'rivulet';
import {
  createMockFetch,
  createMockStream,
  encodeMessage,
  type MockResponder,
} from 'rivulet/testing';
import { expect, test } from 'vitest';

/** The component under test: asks, shows the answer, and says how it ended. */
function Answer(): ReactNode {
  const { status, text, error, start, abort } = useStreamingFetch('/api/chat', {
    endWhen: '[DONE]',
  });
  return (
    <>
      <button type="button" onClick={() => void start({ body: { prompt: 'Hello' } })}>
        Ask
      </button>
      <button type="button" onClick={abort}>
        Stop
      </button>
      <output>{status}</output>
      <p data-testid="answer">{text}</p>
      {error !== null && <p role="alert">{error.code}</p>}
    </>
  );
}

function renderAnswer(respond: MockResponder) {
  const mock = createMockFetch(respond);
  render(<Answer />, {
    wrapper: ({ children }) => <StreamConfig fetch={mock.fetch}>{children}</StreamConfig>,
  });
  fireEvent.click(screen.getByRole('button', { name: 'Ask' }));
  return mock;
}

const answer = () => screen.getByTestId('answer').textContent;

test('sends the prompt, and shows the answer word by word', async () => {
  const stream = createMockStream();
  const mock = renderAnswer(() => stream);
  await screen.findByText('open');
  expect(mock.requests.map(({ method, body }) => [method, body])).toEqual([
    ['POST', '{"prompt":"Hello"}'],
  ]);

  stream.send('Good ');
  await screen.findByText('Good');
  stream.send('morning');
  stream.send('[DONE]');
  await screen.findByText('done');
  expect(answer()).toBe('Good morning');
});

test('puts a character together that the network has cut', async () => {
  const stream = createMockStream();
  renderAnswer(() => stream);
  const block = encodeMessage({ data: 'A wave: 🌊' });
  const bytes = new TextEncoder().encode(block);
  // The emoji is the last four bytes before the two newlines; the cut goes through its middle.
  stream.writeSplit(bytes, bytes.length - 4);
  stream.send('[DONE]');
  await screen.findByText('done');
  expect(answer()).toBe('A wave: 🌊');
});

test('keeps what came of an answer that was cut short, and says that it was', async () => {
  const stream = createMockStream();
  renderAnswer(() => stream);
  stream.send('Half an');
  stream.close(); // without [DONE]
  expect((await screen.findByRole('alert')).textContent).toBe('truncated');
  expect(answer()).toBe('Half an');
});

test('stops at the server too', async () => {
  const stream = createMockStream();
  const mock = renderAnswer(() => stream);
  stream.send('An endless ');
  await screen.findByText('An endless');
  fireEvent.click(screen.getByRole('button', { name: 'Stop' }));
  await screen.findByText('aborted');
  expect(stream.isCancelled).toBe(true);
  expect(mock.inProgress).toBe(0);
  expect(screen.queryByRole('alert')).toBeNull();
});

test('says that the server is busy', async () => {
  renderAnswer(() => new Response('Too many questions', { status: 429 }));
  expect((await screen.findByRole('alert')).textContent).toBe('http-status');
});
