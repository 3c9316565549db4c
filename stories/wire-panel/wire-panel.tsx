import { useId, useSyncExternalStore } from 'react';
import { LogTable } from './log-table.tsx';
import type { WireRecorder } from './record-wire.ts';
import { TimeLine } from './time-line.tsx';
import type { WireSnapshot } from './wire-log.ts';
import { isReactOnly } from './wire-rows.ts';
import { secondsText } from './wire-text.ts';

interface WirePanelProps {
  /** What the panel shows; `null` while it is closed. */
  readonly recorder: WireRecorder | null;
  readonly onToggle: () => void;
  readonly onRestart: () => void;
}

/** What goes over the wire and what React does with it, as it happens. */
export function WirePanel({ recorder, onToggle, onRestart }: WirePanelProps) {
  const id = useId();
  const isOpen = recorder !== null;
  return (
    <section className="wire" aria-label="Wire panel">
      <button
        type="button"
        className="toggle"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={onToggle}
      >
        Wire
      </button>
      {isOpen && (
        <div id={id} className="content">
          <Recording recorder={recorder} onRestart={onRestart} />
        </div>
      )}
    </section>
  );
}

interface RecordingProps {
  readonly recorder: WireRecorder;
  readonly onRestart: () => void;
}

function Recording({ recorder, onRestart }: RecordingProps) {
  const { isLate } = recorder;
  const snapshot = useSyncExternalStore(recorder.subscribe, recorder.getSnapshot);
  return (
    <>
      <div className="bar">
        <p className="now">
          <Now snapshot={snapshot} isLate={isLate} />
        </p>
        <button type="button" className="restart" onClick={onRestart}>
          Restart the story
        </button>
      </div>
      {isLate && (
        <p className="note">
          Opened while the story was running: what came before is not here, and requests that had
          begun are not counted. Restart the story to see it from its first request.
        </p>
      )}
      <TimeLine snapshot={snapshot} />
      <LogTable rows={snapshot.rows}>
        {snapshot.rows.every(isReactOnly) && <Unseen isLate={isLate} />}
      </LogTable>
      <Limits snapshot={snapshot} isLate={isLate} />
    </>
  );
}

/** The present in one line. */
function Now({ snapshot, isLate }: { snapshot: WireSnapshot; isLate: boolean }) {
  const { live, waiting, now, nextRetryAt, totals } = snapshot;
  if (nextRetryAt !== null) {
    return (
      <span role="timer">Next request in {secondsText(Math.max(0, nextRetryAt - now), 1)}</span>
    );
  }
  if (live > 0) return live === 1 ? 'One request under way' : `${live} requests under way`;
  if (waiting > 0) return 'Waiting for the next request';
  if (isLate && totals.requests === 0) return 'No request since the panel was opened';
  return 'No request under way';
}

/** Why there may be nothing to see. */
function Unseen({ isLate }: { isLate: boolean }) {
  return (
    <p className="note">
      {isLate ? 'Nothing since then.' : 'Nothing so far.'} The panel hears the hooks of the story
      through a <code>{'<StreamConfig>'}</code> around it. A controller made outside the components,
      as by <code>createDownload()</code>, takes nothing from there, and stays unseen.
    </p>
  );
}

/** What the callbacks do not tell. */
function Limits({ snapshot, isLate }: { snapshot: WireSnapshot; isLate: boolean }) {
  const { hasSeveral, hasStrays, isShared } = snapshot;
  return (
    <>
      {hasStrays && !isLate && (
        <p className="note">
          Some bytes belong to a request that was not made with the panel’s <code>fetch</code>.
        </p>
      )}
      {hasSeveral && (
        <p className="note">
          Several streams at once: the callbacks do not say whose a chunk or a message is, so each
          lane shows those of all.
        </p>
      )}
      {isShared && (
        <p className="note">
          Several hooks share one connection: a chunk is counted once, a message for each hook that
          received it.
        </p>
      )}
    </>
  );
}
