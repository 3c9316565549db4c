'use client';

import type { ComponentProps, FormEvent } from 'react';
import { type RawMessage, type StreamingFetchOptions, useStreamingFetch } from 'rivulet';

/** A button with a border and a disabled look of its own, whatever the app's style sheet resets. */
function Button(props: ComponentProps<'button'>) {
  const look = { font: 'inherit', border: '1px solid', borderRadius: 8, padding: '0.4rem 0.8rem' };
  const off = props.disabled && { color: 'inherit', opacity: 0.5 };
  return <button type="button" {...props} style={{ ...look, ...off }} />;
}

interface OpenAiChunk {
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
  readonly error?: { readonly message: string };
}

/** The format of OpenAI and of services that speak it. For others see `llm-recipes.ts`. */
const openAiChat = {
  framing: 'sse',
  parse: ({ data }: RawMessage): OpenAiChunk => JSON.parse(data),
  toText: ({ value }) => value.choices?.[0]?.delta?.content ?? '',
  errorWhen: ({ value }) => value?.error?.message, // an error inside a stream of status 200
  endWhen: '[DONE]', // without it the answer was cut: `failed`, `truncated`, and the text stays
} satisfies StreamingFetchOptions<OpenAiChunk>;

interface ProviderChatProps {
  /** Your own server, which holds the key and passes the provider's stream on. */
  url?: string;
  model?: string;
}

/** Asks a language model and shows its answer as it arrives. */
export function ProviderChat({ url = '/api/completions', model = 'gpt-5' }: ProviderChatProps) {
  const { status, text, error, timing, start, abort } = useStreamingFetch(url, openAiChat);
  const isBusy = status === 'connecting' || status === 'open';
  const ask = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const content = String(new FormData(event.currentTarget).get('question'));
    void start({ body: { model, stream: true, messages: [{ role: 'user', content }] } });
  };
  return (
    <section aria-label="Answer of a provider">
      <form onSubmit={ask} style={{ display: 'flex', flexWrap: 'wrap', gap: '0.5rem' }}>
        <input
          name="question"
          aria-label="Question"
          defaultValue="Where do rivers begin?"
          required
          style={{
            flex: '1 1 12rem',
            minInlineSize: 0,
            border: '1px solid',
            borderRadius: 8,
            padding: '0.4rem',
          }}
        />
        <Button type="submit" disabled={isBusy}>
          Ask
        </Button>
        <Button disabled={!isBusy} onClick={abort}>
          Stop
        </Button>
      </form>
      <p>
        Status <output>{status}</output>{' '}
        {timing.firstMessageMs !== null && `first token after ${timing.firstMessageMs} ms`}
      </p>
      <blockquote aria-busy={isBusy} style={{ minBlockSize: '7lh', whiteSpace: 'pre-wrap' }}>
        {status === 'idle' ? 'The answer appears here.' : text}
      </blockquote>
      <div style={{ minBlockSize: '3lh' }}>
        {error !== null && <p role="alert">{error.message}</p>}
      </div>
    </section>
  );
}
