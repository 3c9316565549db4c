import Link from 'next/link';
import { Suspense } from 'react';
import { createStreamingFetch, isStreamError } from 'rivulet/core';
import { Live } from './live';

const api = process.env['NEXT_PUBLIC_API'] ?? '';

/** Reads a stream to its end while the page is rendered on the server. */
async function Report() {
  const { status, text, error } = await createStreamingFetch(`${api}/report`).start();
  return <p id="report">{isStreamError(error) ? error.message : `${status}: ${text}`}</p>;
}

export default function Page() {
  return (
    <main>
      <Suspense fallback={<p>Reading</p>}>
        <Report />
      </Suspense>
      <Live api={api} />
      <Link href="/about">About</Link>
    </main>
  );
}
