import type { Status } from 'rivulet';

interface Place {
  readonly x: number;
  readonly y: number;
}

const WIDTH = 104;
const HEIGHT = 40;

/** Where the middle of each state stands. */
const PLACES: Readonly<Record<Status, Place>> = {
  idle: { x: 88, y: 30 },
  connecting: { x: 88, y: 132 },
  open: { x: 264, y: 132 },
  waiting: { x: 88, y: 232 },
  paused: { x: 264, y: 232 },
  failed: { x: 60, y: 366 },
  aborted: { x: 172, y: 366 },
  done: { x: 284, y: 366 },
};

interface Edge {
  /** The changes of the status that go this way. */
  readonly changes: readonly `${Status}>${Status}`[];
  readonly path: string;
  readonly label: string;
  /** Where the label begins, or ends if it is set against the left side. */
  readonly at: Place;
  readonly isLeft?: boolean;
}

const EDGES: readonly Edge[] = [
  {
    changes: ['idle>connecting', 'idle>paused'],
    path: 'M88 50 V110',
    label: 'start, from everywhere',
    at: { x: 94, y: 68 },
  },
  { changes: ['connecting>open'], path: 'M140 132 H210', label: 'headers', at: { x: 145, y: 123 } },
  {
    changes: ['connecting>waiting'],
    path: 'M72 152 V210',
    label: 'retry',
    at: { x: 66, y: 186 },
    isLeft: true,
  },
  { changes: ['waiting>connecting'], path: 'M104 212 V154', label: 'due', at: { x: 110, y: 186 } },
  {
    changes: ['open>waiting'],
    path: 'M226 152 V178 L142 216',
    label: 'lost',
    at: { x: 168, y: 183 },
  },
  { changes: ['open>paused'], path: 'M262 152 V210', label: 'hidden', at: { x: 268, y: 187 } },
  {
    changes: ['waiting>paused'],
    path: 'M140 236 H210',
    label: 'offline',
    at: { x: 150, y: 253 },
  },
  {
    changes: ['paused>connecting', 'paused>waiting', 'connecting>paused'],
    path: 'M264 252 V274 H22 V132 H34',
    label: 'back',
    at: { x: 270, y: 268 },
  },
  {
    changes: ['connecting>failed', 'open>failed', 'waiting>failed'],
    path: 'M60 292 V344',
    label: 'no retry',
    at: { x: 66, y: 324 },
  },
  {
    changes: ['connecting>aborted', 'open>aborted', 'waiting>aborted', 'paused>aborted'],
    path: 'M172 292 V344',
    label: 'close()',
    at: { x: 178, y: 324 },
  },
  {
    changes: ['open>done', 'connecting>done'],
    path: 'M316 132 H326 V344',
    label: 'end',
    at: { x: 292, y: 324 },
  },
];

const IN_WORDS: readonly string[] = [
  'start() leads from every state to connecting; so do reconnect() and a new identity.',
  'Accepted headers lead from connecting to open.',
  'A failure worth a repeat leads from connecting to waiting, a lost connection from open to waiting.',
  'When the wait is over, waiting turns into connecting.',
  'A hidden page leads from connecting, open and waiting to paused if you ask for that; being offline leads from waiting to paused.',
  'When the reason is gone, paused turns into connecting, or into waiting while a Retry-After runs.',
  'A failure not worth a repeat leads from connecting, open and waiting to failed.',
  'close() leads from connecting, open, waiting and paused to aborted.',
  'The end leads from connecting and open to done.',
];

function Arrow({ edge, isTaken }: { edge: Edge; isTaken: boolean }) {
  const { path, label, at, isLeft = false } = edge;
  return (
    <g color={isTaken ? 'var(--accent)' : 'var(--muted)'}>
      <path
        d={path}
        fill="none"
        stroke="currentcolor"
        strokeWidth={isTaken ? 3 : 1.5}
        markerEnd={`url(#${isTaken ? 'taken' : 'plain'})`}
      />
      <text
        x={at.x}
        y={at.y}
        textAnchor={isLeft ? 'end' : 'start'}
        fill="currentcolor"
        fontSize="14"
        fontWeight={isTaken ? 700 : 400}
      >
        {label}
      </text>
    </g>
  );
}

function State({ name, isCurrent }: { name: Status; isCurrent: boolean }) {
  const { x, y } = PLACES[name];
  return (
    <g data-current={isCurrent ? name : undefined}>
      <rect
        x={x - WIDTH / 2}
        y={y - HEIGHT / 2}
        width={WIDTH}
        height={HEIGHT}
        rx="10"
        fill={isCurrent ? 'var(--accent)' : 'var(--page)'}
        stroke={isCurrent ? 'var(--text)' : 'var(--border)'}
        strokeWidth={isCurrent ? 3 : 1.5}
      />
      <text
        x={x}
        y={y + 5}
        textAnchor="middle"
        fontSize="16"
        fontWeight={isCurrent ? 700 : 400}
        fill={isCurrent ? 'var(--on-accent)' : 'var(--text)'}
      >
        {name}
      </text>
      {isCurrent && (
        <circle cx={x - WIDTH / 2 + 9} cy={y - HEIGHT / 2 + 9} r="4" fill="var(--on-accent)" />
      )}
    </g>
  );
}

function Head({ id, colour }: { id: string; colour: string }) {
  return (
    <marker
      id={id}
      viewBox="0 0 8 8"
      refX="6"
      refY="4"
      markerUnits="userSpaceOnUse"
      markerWidth="10"
      markerHeight="10"
      orient="auto"
    >
      <path d="M0 0 L8 4 L0 8Z" fill={colour} />
    </marker>
  );
}

interface LifecycleDiagramProps {
  readonly status: Status;
  /** The status before, whose way here is drawn bold; `null` for none. */
  readonly previous: Status | null;
}

/** The picture of it; what it shows is said in words below. */
function Picture({ status, previous }: LifecycleDiagramProps) {
  const isTaken = ({ changes }: Edge) =>
    changes.some((change) => change === `${previous}>${status}`);
  const names = Object.keys(PLACES).filter((name): name is Status => name in PLACES);
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 344 392"
      style={{ maxInlineSize: '30rem', marginInline: 'auto' }}
    >
      <defs>
        <Head id="plain" colour="var(--muted)" />
        <Head id="taken" colour="var(--accent)" />
      </defs>
      <rect
        x="8"
        y="84"
        width="328"
        height="208"
        rx="14"
        fill="var(--raised)"
        stroke="var(--border)"
        strokeDasharray="5 4"
      />
      {EDGES.filter((edge) => !isTaken(edge)).map((edge) => (
        <Arrow key={edge.path} edge={edge} isTaken={false} />
      ))}
      {EDGES.filter(isTaken).map((edge) => (
        <Arrow key={edge.path} edge={edge} isTaken />
      ))}
      {names.map((name) => (
        <State key={name} name={name} isCurrent={name === status} />
      ))}
    </svg>
  );
}

/** The states of a stream and the ways between them, with the present one lit up. */
export function LifecycleDiagram(props: LifecycleDiagramProps) {
  return (
    <figure aria-label="Diagram of the lifecycle" style={{ margin: 0 }}>
      <Picture {...props} />
      <figcaption>
        <details>
          <summary>The diagram in words</summary>
          <ul>
            {IN_WORDS.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        </details>
      </figcaption>
    </figure>
  );
}
