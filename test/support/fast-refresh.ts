import { createRequire } from 'node:module';
import { act } from '@testing-library/react';
import type { FunctionComponent, ReactNode } from 'react';
import type * as ReactDomClient from 'react-dom/client';

/** What React's renderer hands to its development tools; Fast Refresh is built on it. */
interface Renderer {
  setRefreshHandler(resolveFamily: (type: unknown) => Family | undefined): void;
  scheduleRefresh(root: object, update: RefreshUpdate): void;
}

interface Family {
  current: FunctionComponent;
}

interface RefreshUpdate {
  readonly staleFamilies: ReadonlySet<Family>;
  readonly updatedFamilies: ReadonlySet<Family>;
}

/** A page whose component can be edited as in a development server. */
export interface RefreshablePage {
  readonly container: HTMLElement;
  /** Replaces the component by an edited one: state is kept, all effects run again in one flush. */
  edit(component: FunctionComponent): void;
  unmount(): void;
}

const require = createRequire(import.meta.url);

/**
 * Renders a component with a copy of React DOM of its own, because React DOM looks for development
 * tools once, when it is loaded.
 */
export function renderRefreshable(
  component: FunctionComponent,
  asElement: (component: FunctionComponent) => ReactNode,
): RefreshablePage {
  let renderer: Renderer | undefined;
  let fiberRoot: object | undefined;
  Object.assign(globalThis, {
    __REACT_DEVTOOLS_GLOBAL_HOOK__: {
      supportsFiber: true,
      inject: (injected: Renderer) => {
        renderer = injected;
        return 1;
      },
      onCommitFiberRoot: (_: number, root: object) => {
        fiberRoot = root;
      },
      onCommitFiberUnmount() {},
    },
  });
  const root = createFreshRoot();
  Reflect.deleteProperty(globalThis, '__REACT_DEVTOOLS_GLOBAL_HOOK__');

  const family: Family = { current: component };
  renderer?.setRefreshHandler((type) => (type === component ? family : undefined));
  act(() => root.render(asElement(component)));
  return {
    container: root.container,
    edit(edited) {
      family.current = edited;
      const updatedFamilies = new Set([family]);
      act(() => {
        if (fiberRoot === undefined) throw new Error('Nothing was rendered.');
        renderer?.scheduleRefresh(fiberRoot, { staleFamilies: new Set(), updatedFamilies });
      });
    },
    unmount: () => act(() => root.unmount()),
  };
}

function createFreshRoot(): ReactDomClient.Root & { readonly container: HTMLElement } {
  for (const path of Object.keys(require.cache)) {
    if (path.includes('react-dom')) delete require.cache[path];
  }
  const client: typeof ReactDomClient = require('react-dom/client');
  const container = document.createElement('div');
  const root = client.createRoot(container);
  return { container, render: (node) => root.render(node), unmount: () => root.unmount() };
}
