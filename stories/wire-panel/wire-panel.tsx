import { useId, useSyncExternalStore } from 'react';
import { LogTable } from './log-table.tsx';
import type { WireRecorder } from './record-wire.ts';
import { TimeLine } from './time-line.tsx';
import type { WireSnapshot } from './wire-log.ts';
import { secondsText } from './wire-text.ts';

interface WirePanelProps {
  /** What the panel shows; `null` while it is closed. */
  readonly recorder: WireRecorder | null;
  /** Whether the story had begun before the panel was opened. */
  readonly isLate: boolean;
  readonly onToggle: () => void;
  readonly onRestart: () => void;
}

/** What goes over the wire and what React does with it, as it happens. */
export function WirePanel({ recorder, isLate, onToggle, onRestart }: WirePanelProps) {
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
          <Recording recorder={recorder} isLate={isLate} onRestart={onRestart} />
        </div>
      )}
    </section>
  );
}

interface RecordingProps {
  readonly recorder: WireRecorder;
  readonly isLate: boolean;
  readonly onRestart: () => void;
}

function Recording({ recorder, isLate, onRestart }: RecordingProps) {
  const snapshot = useSyncExternalStore(recorder.subscribe, recorder.getSnapshot);
  return (
    <>
      <div className="bar">
        <p className="now">
          <Now snapshot={snapshot} />
        </p>
        <button type="button" className="restart" onClick={onRestart}>
          Restart the story
        </button>
      </div>
      <TimeLine snapshot={snapshot} />
      <Notes snapshot={snapshot} isLate={isLate} />
      <LogTable rows={snapshot.rows} />
    </>
  );
}

/** The present in one line. */
function Now({ snapshot }: { snapshot: WireSnapshot }) {
  const { live, waiting, now, nextRetryAt } = snapshot;
  if (nextRetryAt !== null) {
    return (
      <span role="timer">Next request in {secondsText(Math.max(0, nextRetryAt - now), 1)}</span>
    );
  }
  if (live > 0) return live === 1 ? 'One request under way' : `${live} requests under way`;
  if (waiting > 0) return 'Waiting for the next request';
  return 'No request under way';
}

/** What the panel cannot know, said where it would be missed. */
function Notes({ snapshot, isLate }: { snapshot: WireSnapshot; isLate: boolean }) {
  const { totals, hasSeveral, hasStrays } = snapshot;
  return (
    <div className="notes">
      {isLate && (
        <p>
          Opened while the story was running: what came before is not here, and requests that had
          begun are not counted. Restart the story to see it from its first request.
        </p>
      )}
      {totals.requests === 0 && !hasStrays && (
        <p>
          {isLate ? 'No request since then.' : 'No request so far.'} The panel hears the hooks of
          the story through <code>{'<StreamConfig>'}</code>. A controller made outside the
          components, as by <code>createDownload()</code>, is not below it and stays unseen.
        </p>
      )}
      {!isLate && hasStrays && (
        <p>Some bytes are of a request that did not go through the panel’s own fetch.</p>
      )}
      {hasSeveral && (
        <p>
          Several streams: the callbacks do not say whose a chunk or message is, so those of all of
          them are on one line.
        </p>
      )}
    </div>
  );
}
