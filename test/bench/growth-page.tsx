import { useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { useStreamingFetch } from 'rivulet';

declare global {
  interface Window {
    /** Streams so many tokens; says how that ended, and how many characters came. */
    ask?: (tokens: number) => Promise<string>;
  }
}

const showsAll = new URLSearchParams(location.search).get('view') === 'paragraph';

/** An answer of as many tokens as asked for. */
function Answer() {
  const { text, start } = useStreamingFetch('/tokens');
  useEffect(() => {
    window.ask = async (tokens) => {
      const { status, text: all } = await start({ url: `/tokens?count=${tokens}` });
      return `${status} ${all.length}`;
    };
  }, [start]);
  return (
    <p style={{ whiteSpace: 'pre-wrap', blockSize: '20rem', overflow: 'auto' }}>
      {showsAll ? text : text.length}
    </p>
  );
}

const element = document.getElementById('root');
if (element !== null) createRoot(element).render(<Answer />);
