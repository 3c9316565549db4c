import { render } from '@testing-library/react';
import { Component, type ReactNode } from 'react';

interface BoundaryProps {
  readonly children: ReactNode;
  readonly onCaught: (error: unknown) => void;
}

class Boundary extends Component<BoundaryProps, { readonly hasFailed: boolean }> {
  override state = { hasFailed: false };

  static getDerivedStateFromError(): { readonly hasFailed: boolean } {
    return { hasFailed: true };
  }

  override componentDidCatch(error: unknown): void {
    this.props.onCaught(error);
  }

  override render(): ReactNode {
    return this.state.hasFailed ? null : this.props.children;
  }
}

/** Keeps the page from printing what React 18 throws once more as an event of the window. */
export function withoutErrorEvents<TResult>(run: () => TResult): TResult {
  const prevent = (event: ErrorEvent) => event.preventDefault();
  window.addEventListener('error', prevent);
  try {
    return run();
  } finally {
    window.removeEventListener('error', prevent);
  }
}

/** What rendering a component throws, as the error boundary of a page gets it. */
export function caughtInRender(component: ReactNode, isStrict: boolean): unknown {
  let caught: unknown;
  const page = (
    <Boundary
      onCaught={(error) => {
        caught = error;
      }}
    >
      {component}
    </Boundary>
  );
  withoutErrorEvents(() => render(page, { reactStrictMode: isStrict }));
  return caught;
}
