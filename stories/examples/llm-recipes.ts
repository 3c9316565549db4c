/**
 * Options for reading the answers of language models, one object for each wire format:
 *
 *     const { text, status, start } = useStreamingFetch('/api/chat', openAiChat);
 *
 * Each says what a message adds to `text`, which message ends the stream, and which reports an error
 * in the middle of it. An answer that breaks off before its end is `failed`, `truncated`, never
 * `done`; the text so far stays. Types name only the fields that are read here.
 *
 * Copy the one you need. Requests with a secret key belong on your server, which passes the stream on.
 */
import type { RawMessage, StreamingFetchOptions } from 'rivulet';

function parseJson<TValue>({ data }: RawMessage): TValue {
  return JSON.parse(data);
}

interface OpenAiChatChunk {
  /** Empty in the chunk with the usage, and in the first of Azure. */
  readonly choices?: readonly { readonly delta?: { readonly content?: string | null } }[];
  readonly error?: { readonly message?: string } | string | null;
}

/**
 * OpenAI chat completions, and services that speak the same format: Azure, OpenRouter, DeepSeek, vLLM,
 * LiteLLM, llama.cpp, Ollama under `/v1`.
 */
export const openAiChat = {
  framing: 'sse',
  parse: (message: RawMessage) => parseJson<OpenAiChatChunk>(message),
  toText: ({ value }) => value.choices?.[0]?.delta?.content ?? '',
  errorWhen({ event, value }) {
    const error = value?.error;
    if (typeof error === 'string') return error;
    return error?.message ?? (error ? true : event === 'error');
  },
  endWhen: '[DONE]',
} satisfies StreamingFetchOptions<OpenAiChatChunk>;

interface OpenAiResponsesEvent {
  readonly type: string;
  readonly delta?: string;
  /** Of the event `error`. */
  readonly message?: string;
  readonly response?: { readonly error?: { readonly message?: string } | null };
}

/** The OpenAI Responses API. */
export const openAiResponses = {
  framing: 'sse',
  parse: (message: RawMessage) => parseJson<OpenAiResponsesEvent>(message),
  toText: ({ value }) => (value.type === 'response.output_text.delta' ? (value.delta ?? '') : ''),
  errorWhen({ value }) {
    if (value?.type === 'error') return value.message ?? true;
    return value?.type === 'response.failed' && (value.response?.error?.message ?? true);
  },
  endWhen: ({ value }) =>
    value.type === 'response.completed' || value.type === 'response.incomplete',
} satisfies StreamingFetchOptions<OpenAiResponsesEvent>;

interface AnthropicEvent {
  readonly type: string;
  readonly delta?: { readonly type?: string; readonly text?: string };
  readonly error?: { readonly message?: string };
}

/** Anthropic messages. Pings, thinking, tool input and events of types to come add no text. */
export const anthropicMessages = {
  framing: 'sse',
  parse: (message: RawMessage) => parseJson<AnthropicEvent>(message),
  toText: ({ value: { type, delta } }) =>
    type === 'content_block_delta' && delta?.type === 'text_delta' ? (delta.text ?? '') : '',
  errorWhen: ({ value }) => value?.type === 'error' && (value.error?.message ?? true),
  endWhen: { event: 'message_stop' },
} satisfies StreamingFetchOptions<AnthropicEvent>;

interface GeminiChunk {
  readonly candidates?: readonly {
    readonly content?: {
      readonly parts?: readonly { readonly text?: string; readonly thought?: boolean }[];
    };
    readonly finishReason?: string;
  }[];
  readonly promptFeedback?: { readonly blockReason?: string };
  readonly error?: { readonly message?: string };
}

/** Gemini `streamGenerateContent?alt=sse`. It has no end marker: the last chunk has a reason. */
export const gemini = {
  framing: 'sse',
  parse: (message: RawMessage) => parseJson<GeminiChunk>(message),
  toText({ value }) {
    const parts = value.candidates?.[0]?.content?.parts ?? [];
    return parts.map(({ text, thought }) => (thought ? '' : (text ?? ''))).join('');
  },
  errorWhen: ({ value }) => value?.error !== undefined && (value.error.message ?? true),
  endWhen: ({ value: { candidates, promptFeedback } }) =>
    (candidates?.[0]?.finishReason ?? promptFeedback?.blockReason) !== undefined,
} satisfies StreamingFetchOptions<GeminiChunk>;

interface OllamaLine {
  /** Of `/api/chat`. */
  readonly message?: { readonly content?: string };
  /** Of `/api/generate`. */
  readonly response?: string;
  readonly done?: boolean;
  readonly error?: string;
}

/** Ollama `/api/chat` and `/api/generate`. */
export const ollama = {
  framing: 'ndjson',
  parse: (message: RawMessage) => parseJson<OllamaLine>(message),
  toText: ({ value: { message, response } }) => message?.content ?? response ?? '',
  errorWhen: ({ value }) => value?.error,
  endWhen: ({ value }) => value.done === true,
} satisfies StreamingFetchOptions<OllamaLine>;

interface AiSdkPart {
  readonly type: string;
  readonly delta?: string;
  readonly errorText?: string;
  readonly reason?: string;
}

/** UI message streams of the Vercel AI SDK. For its text streams nothing is needed. */
export const aiSdkMessages = {
  framing: 'sse',
  parse: (message: RawMessage) => parseJson<AiSdkPart>(message),
  toText: ({ value }) => (value.type === 'text-delta' ? (value.delta ?? '') : ''),
  errorWhen({ value }) {
    if (value?.type === 'error') return value.errorText ?? true;
    return value?.type === 'abort' && `The server gave up: ${value.reason ?? 'no reason given'}.`;
  },
  endWhen: '[DONE]',
} satisfies StreamingFetchOptions<AiSdkPart>;

/**
 * `@Sse()` of NestJS, with strings as data. The end of the connection is all the end there is: to
 * tell it from a broken answer, let the observable send a last event and name it in `endWhen`.
 */
export const nestSse = {
  framing: 'sse',
  toText: ({ event, value }) => (event === 'message' ? value : ''),
  errorWhen: ({ event, value }) => event === 'error' && value,
} satisfies StreamingFetchOptions;
