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

/** What the panel hears, and whether it has heard it from the beginning. */
interface Listening {
  readonly recorder: WireRecorder;
  readonly isLate: boolean;
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
  const [listening, setListening] = useState<Listening | null>(() =>
    startsOpen || (name !== null && wasLeftOpen(name))
      ? { recorder: createWireRecorder(), isLate: false }
      : null,
  );
  /** Counts how often the story was started. */
  const [run, setRun] = useState(0);
  const isOpen = listening !== null;

  const toggle = () => {
    if (name !== null) rememberOpen(name, !isOpen);
    setListening(isOpen ? null : { recorder: createWireRecorder(), isLate: true });
  };
  const restart = () => {
    setListening({ recorder: createWireRecorder(), isLate: false });
    setRun(run + 1);
  };

  return (
    <>
      <StreamConfig {...listening?.recorder.callbacks}>
        <Profiler id="story" onRender={listening?.recorder.onRender ?? ignoreCommit}>
          <Fragment key={run}>{children}</Fragment>
        </Profiler>
      </StreamConfig>
      <ShadowHost styles={styles}>
        <WirePanel
          recorder={listening?.recorder ?? null}
          isLate={listening?.isLate ?? false}
          onToggle={toggle}
          onRestart={restart}
        />
      </ShadowHost>
    </>
  );
}
