import { Fragment, Profiler, type ReactNode, useState } from 'react';
import { StreamConfig } from 'rivulet';
import { createWireRecorder, type WireRecorder } from './record-wire.ts';
import { rememberOpen, wasLeftOpen } from './remembered-open.ts';
import { ShadowHost } from './shadow-host.tsx';
import styles from './wire-panel.css?inline';
import { WirePanel } from './wire-panel.tsx';

interface WithWireProps {
  /** Under which name it is remembered whether the panel is open; `null`: not at all. */
  readonly name: string | null;
  /** Whether the panel is open at first, whatever is remembered. */
  readonly startsOpen?: boolean | undefined;
  readonly children: ReactNode;
}

const ignoreCommit = () => {};

/**
 * A story with its wire panel below it.
 *
 * Closed, the panel hears nothing: no callback, no `fetch` in between, no frame, no state. What stays
 * is the shape of the tree, since a story whose parents change is mounted anew, and its streams with
 * it: a `<StreamConfig>` without options and a `<Profiler>` that tells nobody.
 */
export function WithWire({ name, startsOpen = false, children }: WithWireProps) {
  /** Listens while the panel is open. */
  const [recorder, setRecorder] = useState<WireRecorder | null>(() => {
    const isOpen = startsOpen || (name !== null && wasLeftOpen(name));
    return isOpen ? createWireRecorder({ isLate: false }) : null;
  });
  /** Counts how often the story was restarted. */
  const [restarts, setRestarts] = useState(0);

  const toggle = () => {
    if (name !== null) rememberOpen(name, recorder === null);
    setRecorder(recorder === null ? createWireRecorder({ isLate: true }) : null);
  };
  const restart = () => {
    setRecorder(createWireRecorder({ isLate: false }));
    setRestarts(restarts + 1);
  };

  return (
    <>
      <StreamConfig {...recorder?.callbacks}>
        <Profiler id="story" onRender={recorder?.onRender ?? ignoreCommit}>
          <Fragment key={restarts}>{children}</Fragment>
        </Profiler>
      </StreamConfig>
      <ShadowHost styles={styles}>
        <WirePanel recorder={recorder} onToggle={toggle} onRestart={restart} />
      </ShadowHost>
    </>
  );
}
