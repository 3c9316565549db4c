import { type RefObject, useEffect, useRef, useState } from 'react';
import { pretendFrozen, pretendHidden } from './page-of-frame.ts';
import { RequestCounter } from './request-counter.tsx';

const NAMES = ['Tab 1', 'Tab 2', 'Tab 3'];

/** The page of a tab: the story `One tab`, alone, of the same Storybook. */
function addressOf(url: string): string {
  const room = new URL(url, document.baseURI).searchParams.get('id') ?? '';
  const query = new URLSearchParams({
    id: 'guides-many-tabs--one-tab',
    viewMode: 'story',
    args: `room:${room}`,
    globals: `theme:${document.documentElement.dataset['theme'] ?? 'system'}`,
  });
  return `${location.pathname}?${query}`;
}

/**
 * Each frame is a Storybook of its own, and tells what it does to the window around it, which would
 * take it for what its own Storybook says.
 */
function useSilentFrames(around: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const silence = (event: MessageEvent) => {
      const frames = around.current?.querySelectorAll('iframe') ?? [];
      const isOfFrame = [...frames].some(({ contentWindow }) => contentWindow === event.source);
      if (isOfFrame) event.stopImmediatePropagation();
    };
    addEventListener('message', silence, { capture: true });
    return () => removeEventListener('message', silence, { capture: true });
  }, [around]);
}

/** A frame that stands for a tab, and what can happen to it. */
function Tab({ name, address }: { name: string; address: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [isOpen, setIsOpen] = useState(true);
  const [isFrozen, setIsFrozen] = useState(false);
  const [isHidden, setIsHidden] = useState(false);

  const toggleOpen = () => {
    setIsOpen(!isOpen);
    setIsFrozen(false);
    setIsHidden(false);
  };
  const toggleFrozen = () => {
    const page = frame.current?.contentDocument;
    if (page) pretendFrozen(page, !isFrozen);
    setIsFrozen(!isFrozen);
  };
  const toggleHidden = () => {
    const page = frame.current?.contentDocument;
    if (page) pretendHidden(page, !isHidden);
    setIsHidden(!isHidden);
  };

  return (
    <section aria-label={name} style={{ flex: '1 1 11rem', minInlineSize: 0 }}>
      <h3>{name}</h3>
      <p style={{ display: 'flex', flexWrap: 'wrap', gap: '0.5rem' }}>
        <button type="button" onClick={toggleOpen}>
          {isOpen ? 'Close' : 'Open'}
        </button>
        <button type="button" onClick={toggleFrozen} disabled={!isOpen}>
          {isFrozen ? 'Thaw' : 'Freeze'}
        </button>
        <button type="button" onClick={toggleHidden} disabled={!isOpen}>
          {isHidden ? 'Show' : 'Hide'}
        </button>
      </p>
      <div style={{ blockSize: '22rem' }}>
        {isOpen && (
          <iframe
            ref={frame}
            title={name}
            src={address}
            // Nothing in it can be operated.
            tabIndex={-1}
            style={{
              inlineSize: '100%',
              blockSize: '100%',
              border: '1px solid var(--border)',
              opacity: isHidden || isFrozen ? 0.4 : 1,
            }}
          />
        )}
      </div>
    </section>
  );
}

/** One story in three frames, each a page of its own, as three tabs are. */
export function ThreeTabs({ url }: { url: string }) {
  const around = useRef<HTMLDivElement>(null);
  const [address] = useState(() => addressOf(url));
  useSilentFrames(around);
  return (
    <div ref={around}>
      <RequestCounter url={url} />
      <div style={{ display: 'flex', flexWrap: 'wrap', gap: '0 1.5rem' }}>
        {NAMES.map((name) => (
          <Tab key={name} name={name} address={address} />
        ))}
      </div>
    </div>
  );
}
