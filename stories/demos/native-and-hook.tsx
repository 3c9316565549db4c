import { useEffect, useState } from 'react';
import { useEventSource } from 'rivulet';

interface UrlProps {
  readonly url: string;
}

const READY_STATES = ['CONNECTING', 'OPEN', 'CLOSED'];

/** What the browser's own EventSource lets a page know. */
function Native({ url }: UrlProps) {
  const [readyState, setReadyState] = useState(0);
  const [errors, setErrors] = useState(0);
  const [data, setData] = useState<string>();
  useEffect(() => {
    const source = new EventSource(url);
    source.onopen = () => setReadyState(source.readyState);
    source.onmessage = (event: MessageEvent<string>) => setData(event.data);
    source.onerror = () => {
      setReadyState(source.readyState);
      setErrors((count) => count + 1);
    };
    return () => source.close();
  }, [url]);
  return (
    <section aria-label="Native EventSource" style={{ flex: '1 1 14rem', minBlockSize: '14rem' }}>
      <h3>Native EventSource</h3>
      <p>
        <output>{READY_STATES[readyState]}</output>
      </p>
      <p>
        {errors === 0 ? 'No error' : 'An error event'}, without a status or a reason. Number:{' '}
        {data ?? 'none'}
      </p>
    </section>
  );
}

/** The same request through the hook. */
function Hook({ url }: UrlProps) {
  const { status, attempt, data, error } = useEventSource(url);
  return (
    <section aria-label="useEventSource" style={{ flex: '1 1 14rem', minBlockSize: '14rem' }}>
      <h3>useEventSource</h3>
      <p>
        <output>{status}</output> attempt {attempt}
      </p>
      <p>{error?.message ?? 'No error'}</p>
      <p>Number: {data ?? 'none'}</p>
    </section>
  );
}

/** A server that answers 503 twice, as during a deployment, to both. */
export function NativeAndHook({ url }: UrlProps) {
  const separate = (name: string) => url.replace(/([?&]id=[^&]*)/, `$1-${name}`);
  return (
    <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0 1.5rem' }}>
      <Native url={separate('native')} />
      <Hook url={url} />
    </div>
  );
}
