/** The promise that a start gave, until its run is over. */
export interface Running<TSnapshot> {
  readonly promise: Promise<TSnapshot>;
  readonly resolve: (snapshot: TSnapshot) => void;
}

/** A promise with its resolver; it never rejects. */
export function createRunning<TSnapshot>(): Running<TSnapshot> {
  let resolve: (snapshot: TSnapshot) => void = () => {};
  const promise = new Promise<TSnapshot>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
