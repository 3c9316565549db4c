import { describe, expect, test } from 'vitest';
import { send, subscribe } from '../../support/subscribe.ts';

const events = (count: number) => {
  return Array.from({ length: count }, (_, index) => `id: ${index + 1}\ndata: e\n\n`).join('');
};

describe('a chunk of many messages', () => {
  test('yields at least every 16 ms, and delivers all in order', async () => {
    let seen = 0;
    /** The clock at the last turn of the host, and the longest that nothing else could run. */
    let since = 0;
    let longest = 0;
    const subscription = await subscribe({
      onMessage({ lastEventId }) {
        seen += 1;
        expect(lastEventId).toBe(String(seen));
        subscription.environment.skip(1);
        longest = Math.max(longest, subscription.environment.now() - since);
      },
    });
    const { environment, snapshot } = subscription;
    const { yieldToHost } = environment;
    environment.yieldToHost = () => {
      since = environment.now();
      return yieldToHost();
    };
    since = environment.now();
    await send(subscription, events(20_000));
    await environment.settle();
    expect(seen).toBe(20_000);
    expect(longest).toBeLessThanOrEqual(16);
    expect(environment.yields).toBeGreaterThanOrEqual(20_000 / 16);
    expect(snapshot().status).toBe('open');
  });

  /** A subscription whose every message takes 10 ms, and what was delivered. */
  async function slow(options = {}) {
    const seen: string[] = [];
    const pauses: (() => void)[] = [];
    const subscription = await subscribe({
      onMessage({ lastEventId }) {
        seen.push(lastEventId);
        subscription.environment.skip(10);
      },
      ...options,
    });
    const { environment } = subscription;
    environment.yieldToHost = () => new Promise((resolve) => pauses.push(resolve));
    const goOn = async () => {
      pauses.shift()?.();
      await environment.settle();
    };
    return { ...subscription, subscription, seen, goOn };
  }

  test('can be closed between two slices: nothing more is delivered', async () => {
    const { subscription, source, seen, goOn, snapshot } = await slow();
    await send(subscription, events(10));
    expect(seen).toEqual(['1', '2']);
    source.close();
    await goOn();
    expect(seen).toEqual(['1', '2']);
    expect(snapshot()).toMatchObject({ status: 'aborted', lastEventId: '2' });
  });

  test('is delivered to its end before a drop is reported', async () => {
    const { subscription, server, environment, seen, goOn, snapshot } = await slow();
    await send(subscription, events(5));
    server.stream.fail();
    await environment.settle();
    expect(snapshot().status).toBe('open');
    await goOn();
    await goOn();
    expect(seen).toEqual(['1', '2', '3', '4', '5']);
    expect(snapshot()).toMatchObject({ status: 'waiting', lastEventId: '5' });
  });

  test('lets deadlines stand still meanwhile: the network is not to blame', async () => {
    const deadlines = { idleTimeoutMs: 1000, messageTimeoutMs: 1000 };
    const { subscription, environment, goOn, snapshot } = await slow(deadlines);
    await send(subscription, events(3));
    await environment.advance(60_000);
    expect(snapshot().status).toBe('open');
    await goOn();
    await environment.advance(999);
    expect(snapshot().status).toBe('open');
    await environment.advance(1);
    expect(snapshot().status).toBe('waiting');
  });
});

describe('text of several bytes a character', () => {
  test('may be cut anywhere', async () => {
    const bytes = new TextEncoder().encode('data: é日🎉\n\n');
    for (let position = 0; position <= bytes.length; position += 1) {
      const seen: string[] = [];
      const subscription = await subscribe({ onMessage: ({ data }) => void seen.push(data) });
      subscription.server.stream.writeSplit(bytes, position);
      await subscription.environment.settle();
      expect(seen).toEqual(['é日🎉']);
    }
  });

  test('that a drop cut in a character does not spoil the next attempt', async () => {
    const subscription = await subscribe();
    const { server, environment, log } = subscription;
    server.stream.write(new TextEncoder().encode('data: 🎉').slice(0, -1));
    server.stream.fail();
    await environment.advance(100);
    await send(subscription, 'data: 🎉\n\n');
    expect(log.lines.at(-1)).toBe('message 🎉');
  });

  test('that is not valid is shown by a replacement character, as the standard says', async () => {
    const subscription = await subscribe();
    subscription.server.stream.write(Uint8Array.of(0x64, 0x61, 0x74, 0x61, 0x3a, 0xff, 0x0a, 0x0a));
    await subscription.environment.settle();
    expect(subscription.log.lines.at(-1)).toBe('message \uFFFD');
  });
});
