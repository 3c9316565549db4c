import { useState } from 'react';
import { useEventSource } from 'rivulet';

interface InboxProps {
  readonly url: string;
  readonly user: string;
  readonly isKeyed: boolean;
}

/** The messages of a user. What tells users apart at the server is a header only. */
function Inbox({ url, user, isKeyed }: InboxProps) {
  const { status, messages } = useEventSource(url, {
    key: isKeyed ? user : undefined,
    headers: { Authorization: `Bearer ${user}` },
    maxMessages: 3,
  });
  return (
    <section aria-label={`Inbox of ${user}`} style={{ minBlockSize: '11rem' }}>
      <h3>Inbox of {user}</h3>
      <p>
        <output>{status}</output>
      </p>
      <ul>
        {messages.map(({ lastEventId, data }) => (
          <li key={data}>
            {data} <small>(event {lastEventId})</small>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Two users of one page, with the user in `key` and without. */
export function UserSwitch({ url }: { url: string }) {
  const [user, setUser] = useState('Ada');
  const [isKeyed, setIsKeyed] = useState(true);
  return (
    <>
      <p style={{ display: 'flex', flexWrap: 'wrap', gap: '0.5rem' }}>
        {['Ada', 'Lin'].map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={user === name}
            onClick={() => setUser(name)}
          >
            Sign in as {name}
          </button>
        ))}
      </p>
      <p>
        <label style={{ display: 'flex', gap: '0.5rem', alignItems: 'center' }}>
          <input
            type="checkbox"
            checked={isKeyed}
            onChange={({ target }) => setIsKeyed(target.checked)}
            style={{ minBlockSize: 'auto' }}
          />
          <code>key: userId</code>
        </label>
      </p>
      <Inbox {...{ url, user, isKeyed }} />
    </>
  );
}
