import { useEffect, useState } from 'react';
import { pretendOnline } from './pretend-online.ts';

/**
 * A switch for `navigator.onLine` and its events. It emulates what the browser *says*; the network
 * itself stays. (Cut it for real in the developer tools.)
 */
export function NetworkSwitch() {
  const [online, setOnline] = useState(true);
  useEffect(() => {
    if (online) return;
    pretendOnline(false);
    return () => pretendOnline(true);
  }, [online]);
  return (
    <div data-aside="">
      <p>
        This switch changes what the browser says about the network, not the network. The server
        drops each connection after six numbers; what happens next depends on the switch.
      </p>
      <button type="button" aria-pressed={!online} onClick={() => setOnline(!online)}>
        {online ? 'Go offline' : 'Back online'}
      </button>
    </div>
  );
}
