'use client';

import { useEventSource } from 'rivulet';

/** What the server sends: event name to the type of its value. */
type TickerEvents = {
  price: { symbol: string; price: number };
  volume: { shares: number };
  market: { phase: 'open' | 'auction' };
};

interface Prices {
  readonly newest: readonly number[];
  readonly rises: boolean;
}

/** A line through the newest prices: decoration, the price itself is text. */
function Line({ prices }: { prices: readonly number[] }) {
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  const height = (price: number) => 38 - (36 * (price - low)) / (high - low || 1);
  const points = prices.map((price, index) => `${index * 10},${height(price).toFixed(1)}`);
  return (
    <svg viewBox="0 0 390 40" aria-hidden="true">
      <polyline points={points.join(' ')} fill="none" stroke="currentColor" strokeWidth="2" />
    </svg>
  );
}

/** Prices, volume and market phase from named events with typed values. */
export function Ticker({ url = '/api/ticker' }: { url?: string }) {
  const { status, latest, state } = useEventSource<TickerEvents, Prices>(url, {
    parse: 'json',
    // `message.event` tells the type of `message.value`.
    reduce: (prices, message) => {
      if (message.event !== 'price') return prices;
      const { price } = message.value;
      const rises = price >= (prices.newest.at(-1) ?? 0);
      return { newest: [...prices.newest.slice(-39), price], rises };
    },
    initialState: { newest: [], rises: true },
  });
  return (
    <section aria-label="Ticker">
      <p>
        Status <output>{status}</output> market {latest.market?.phase ?? 'unknown'}
      </p>
      <p style={{ fontSize: '1.75rem', fontVariantNumeric: 'tabular-nums' }}>
        {latest.price?.symbol ?? '…'} <strong>{latest.price?.price.toFixed(2) ?? '–'}</strong>{' '}
        <small>{state.rises ? '▲ rising' : '▼ falling'}</small>
      </p>
      <div style={{ minBlockSize: '5rem' }}>
        <Line prices={state.newest} />
      </div>
      <p>{latest.volume === undefined ? 'No volume yet' : `${latest.volume.shares} shares`}</p>
    </section>
  );
}
