import { render } from '@testing-library/react';
import { type ReactNode, useLayoutEffect } from 'react';

/** Every case of a hook runs in both: `describe.each(modes)('useX $mode', ({ isStrict }) => …)`. */
export const modes = [
  { mode: 'plain', isStrict: false },
  { mode: 'in StrictMode', isStrict: true },
] as const;

/** A hook that is rendered, with everything it ever returned. */
export interface RenderedHook<TProps, TResult> {
  /** What the newest commit shows. */
  readonly result: TResult;
  /** Every render, those included that React threw away. */
  readonly renders: ReadonlyArray<{ readonly props: TProps; readonly result: TResult }>;
  /** What commits showed, in order and each result once. */
  readonly shown: readonly TResult[];
  rerender(props: TProps): void;
  unmount(): void;
}

export interface RenderHookOptions<TProps> {
  /** What the hook is called with first; `undefined` for a hook that takes nothing. */
  readonly props?: TProps | undefined;
  readonly isStrict?: boolean | undefined;
  /** Puts the component into a tree. */
  readonly within?: ((component: ReactNode) => ReactNode) | undefined;
}

/**
 * Renders a component that only calls a hook. Nothing is wrapped in `act` but mounting, rendering
 * again and unmounting: what a stream does then reaches React as it does in production.
 */
export function renderHook<TProps, TResult>(
  useHook: (props: TProps) => TResult,
  {
    props: firstProps,
    isStrict = false,
    within = (component) => component,
  }: RenderHookOptions<NoInfer<TProps>>,
): RenderedHook<TProps, TResult> {
  const renders: { readonly props: TProps; readonly result: TResult }[] = [];
  const shown: TResult[] = [];

  function Caller(given: { readonly props: TProps }): ReactNode {
    const result = useHook(given.props);
    renders.push({ props: given.props, result });
    useLayoutEffect(() => {
      if (shown.at(-1) !== result) shown.push(result);
    });
    return null;
  }

  // Left out only where the hook takes nothing.
  const props = firstProps as TProps;
  const view = render(within(<Caller props={props} />), { reactStrictMode: isStrict });
  return {
    get result() {
      const newest = shown.at(-1);
      if (newest === undefined) throw new Error('The hook never reached a commit.');
      return newest;
    },
    renders,
    shown,
    rerender: (next) => view.rerender(within(<Caller props={next} />)),
    unmount: () => view.unmount(),
  };
}

/** What every render with these props returned. */
export function rendersWith<TProps, TResult>(
  { renders }: RenderedHook<TProps, TResult>,
  props: TProps,
): readonly TResult[] {
  const results = renders.filter((each) => each.props === props).map(({ result }) => result);
  if (results.length === 0) throw new Error('The hook was never rendered with these props.');
  return results;
}
