import { type ReactNode, useEffect, useRef, useState } from 'react';

/**
 * Shows its children only while they are on the screen, and keeps their height otherwise.
 *
 * A page of many live stories would else open more streams than the six connections that a browser
 * grants a server over HTTP/1.1, and the page itself would wait for the seventh.
 */
export function WhileVisible({ children }: { children: ReactNode }) {
  const frame = useRef<HTMLDivElement>(null);
  const [visible, setVisible] = useState(false);
  const [height, setHeight] = useState(240);
  useEffect(() => {
    const element = frame.current;
    if (element === null) return;
    const observer = new IntersectionObserver((entries) => {
      // A busy page reports several changes at once, the newest last.
      const entry = entries.at(-1);
      if (entry === undefined) return;
      if (!entry.isIntersecting && entry.boundingClientRect.height > 0) {
        setHeight(entry.boundingClientRect.height);
      }
      setVisible(entry.isIntersecting);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div ref={frame} style={visible ? undefined : { blockSize: height }}>
      {visible && children}
    </div>
  );
}
