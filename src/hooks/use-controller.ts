import { useEffect, useInsertionEffect, useState, useSyncExternalStore } from 'react';
import type { ManagedController } from '../core/controller/create-controller.ts';
import type { ReadableStore } from '../core/types.ts';

/** How a hook binds its controllers to a component. */
export interface ControllerBinding<TManaged, TOptions> {
  /** What makes two requests the same; one controller for each. `undefined`: that of now will do. */
  readonly identity: string | null | undefined;
  readonly options: TOptions;
  /** Whether the hook is switched on. */
  readonly enabled: boolean;
  /** Makes the controller of an identity, in place of another. Must have no effect of its own. */
  create(replaced: TManaged | undefined): TManaged;
}

/**
 * The controller of the present identity, created during render: the very render in which the
 * identity changes has the new one. Mounting retains it, unmounting releases it.
 */
export function useManaged<TOptions, TManaged extends ManagedController<TOptions>>(
  binding: ControllerBinding<TManaged, TOptions>,
): TManaged {
  const { identity, options, enabled, create } = binding;
  const [held, setHeld] = useState(() => ({ identity, managed: create(undefined) }));
  let { managed } = held;
  if (held.identity !== identity) {
    const isNull = held.identity === null || identity === null;
    // Turned from automatic to manual start it keeps its identity; turned to automatic it gets one.
    const isKept = !isNull && (held.identity === undefined || identity === undefined);
    if (!isKept) managed = create(held.managed);
    if (!isKept || identity !== undefined) setHeld({ identity, managed });
  }

  useInsertionEffect(() => {
    managed.setOptions(options);
  });
  useEffect(() => {
    managed.retain();
    return () => managed.release();
  }, [managed]);
  useEffect(() => {
    managed.setEnabled(enabled);
  }, [managed, enabled]);
  return managed;
}

/** The snapshot of a store: the one place where this library subscribes a component. */
export function useSnapshot<TSnapshot>(store: ReadableStore<TSnapshot>): TSnapshot {
  return useSyncExternalStore(store.subscribe, store.getSnapshot, store.getServerSnapshot);
}
