import { type ReactNode, useCallback, useState } from 'react';
import { createPortal } from 'react-dom';

/**
 * Renders its children into a shadow root: styles of the page stay outside, and what a play function
 * looks for by role or text is found in the story only, never in the panel below it.
 */
export function ShadowHost({ styles, children }: { styles: string; children: ReactNode }) {
  const [root, setRoot] = useState<ShadowRoot | null>(null);
  const attach = useCallback((host: HTMLDivElement | null) => {
    // A host keeps its root when StrictMode attaches it twice.
    if (host !== null) setRoot(host.shadowRoot ?? host.attachShadow({ mode: 'open' }));
  }, []);
  return (
    <div ref={attach} data-wire-panel="">
      {root !== null &&
        createPortal(
          <>
            <style>{styles}</style>
            {children}
          </>,
          root,
        )}
    </div>
  );
}
