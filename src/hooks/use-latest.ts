import { useInsertionEffect, useRef } from 'react';

/**
 * The newest value of a render, for callbacks that run later. Written before layout effects and never
 * during render, so that a render that is thrown away leaves no trace.
 */
export function useLatest<TValue>(value: TValue): { readonly current: TValue } {
  const latest = useRef(value);
  useInsertionEffect(() => {
    latest.current = value;
  });
  return latest;
}
