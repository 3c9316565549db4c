/**
 * How the answers of language models are read, one object of options for each wire format:
 *
 *     const { text, state, status, start } = useStreamingFetch('/api/chat', openAiChat);
 *
 * Each says what a message adds to `text`, which message ends the stream, and which reports an error
 * in the middle of it. `state` is the reason that the model gives for its end, in the words of the
 * provider: `'length'` or `'max_tokens'` for an answer that was cut, `'content_filter'` or `'SAFETY'`
 * for one that was filtered, `'refusal'`; show it beside the text, which may be empty then. An answer
 * that breaks off before its end is `failed`, `truncated`, never `done`; the text so far stays. Types
 * name only the fields that are read here.
 *
 * Copy the one you need. Requests with a secret key belong on your server, which passes the stream on.
 */
import { each, type RawMessage, StreamError, type StreamingFetchOptions } from 'rivulet';

/**
 * One value; none for a blank message that only keeps the connection alive; and where a server puts
 * several into one block, one for each of its lines.
 */
function parseLines<TValue>({ data }: RawMessage): readonly TValue[] {
  if (data.trim() === '') return [];
  try {
    return [JSON.parse(data)];
  } catch (error) {
    if (!data.includes('\n')) throw error;
    return data.split('\n').map((line): TValue => JSON.parse(line));
  }
}

/** The state before there is a reason. */
const noReason: string | null = null;

interface ContentPart {
  readonly type?: string;
  readonly text?: string;
}

interface OpenAiChatChunk {
  /** Empty in the chunk with the usage, and in the first of Azure. */
  readonly choices?: readonly {
    readonly delta?: {
      /** Parts in answers of Mistral models that think. */
      readonly content?: string | readonly ContentPart[] | null;
      readonly refusal?: string | null;
    };
    readonly finish_reason?: string | null;
  }[];
  readonly error?: { readonly message?: string } | string | null;
  /** Of an event named `error`. */
  readonly message?: string;
}

function textOfContent(content: string | readonly ContentPart[] | null | undefined): string {
  if (typeof content === 'string') return content;
  return content?.map(({ type, text }) => (type === 'text' ? (text ?? '') : '')).join('') ?? '';
}

/**
 * OpenAI chat completions, and who speaks like it: Azure, OpenRouter, DeepSeek, Mistral, GLM, Kimi,
 * vLLM, LiteLLM, llama.cpp, Ollama under `/v1`. The words of a refusal are its text.
 */
export const openAiChat = {
  framing: 'sse',
  parse: each((message: RawMessage) => parseLines<OpenAiChatChunk>(message)),
  toText({ value }) {
    const { content, refusal } = value.choices?.[0]?.delta ?? {};
    return textOfContent(content) + (refusal ?? '');
  },
  reduce(reason: string | null, { value }) {
    const choice = value.choices?.[0];
    if (choice?.delta?.refusal) return 'refusal';
    return reason === 'refusal' ? reason : (choice?.finish_reason ?? reason);
  },
  initialState: noReason,
  errorWhen({ event, data, value }) {
    // Some servers and proxies write their error as plain text.
    if (value === undefined) return event === 'error' && data;
    const { error, message } = value;
    if (typeof error === 'string') return error;
    return error?.message ?? (error ? true : event === 'error' && (message ?? true));
  },
  endWhen: '[DONE]',
} satisfies StreamingFetchOptions<OpenAiChatChunk, string | null>;

interface OpenAiResponsesEvent {
  readonly type: string;
  readonly delta?: string;
  /** Of the event `error`, which proxies also wrap as `error`. */
  readonly message?: string;
  readonly error?: { readonly message?: string } | null;
  readonly response?: {
    readonly error?: { readonly message?: string } | null;
    readonly incomplete_details?: { readonly reason?: string } | null;
  };
}

/** OpenAI responses. The words of a refusal are its text. */
export const openAiResponses = {
  framing: 'sse',
  parse: each((message: RawMessage) => parseLines<OpenAiResponsesEvent>(message)),
  toText: ({ value: { type, delta } }) =>
    /^response\.(output_text|refusal)\.delta$/.test(type) ? (delta ?? '') : '',
  reduce(reason: string | null, { value: { type, response } }) {
    if (type === 'response.refusal.delta') return 'refusal';
    if (type === 'response.completed') return reason ?? 'completed';
    if (type === 'response.incomplete') return response?.incomplete_details?.reason ?? 'incomplete';
    return reason;
  },
  initialState: noReason,
  errorWhen({ value }) {
    if (value?.type === 'error') return value.message ?? value.error?.message ?? true;
    return value?.type === 'response.failed' && (value.response?.error?.message ?? true);
  },
  endWhen: ({ value }) =>
    value.type === 'response.completed' || value.type === 'response.incomplete',
} satisfies StreamingFetchOptions<OpenAiResponsesEvent, string | null>;

interface AnthropicEvent {
  readonly type: string;
  readonly delta?: {
    readonly type?: string;
    readonly text?: string;
    /** Of the event `message_delta`. */
    readonly stop_reason?: string | null;
  };
  readonly error?: { readonly message?: string };
}

/** Anthropic messages. Pings, thinking, tool input and events of types to come add no text. */
export const anthropicMessages = {
  framing: 'sse',
  parse: each((message: RawMessage) => parseLines<AnthropicEvent>(message)),
  toText: ({ value: { type, delta } }) =>
    type === 'content_block_delta' && delta?.type === 'text_delta' ? (delta.text ?? '') : '',
  reduce: (reason: string | null, { value }) => value.delta?.stop_reason ?? reason,
  initialState: noReason,
  errorWhen: ({ value }) => value?.type === 'error' && (value.error?.message ?? true),
  endWhen: { event: 'message_stop' },
} satisfies StreamingFetchOptions<AnthropicEvent, string | null>;

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

/**
 * Gemini `streamGenerateContent?alt=sse`. It has no end marker: the body just ends, and an answer
 * without a `finishReason` broke off. Older models and proxies give the reason in every chunk; a cut
 * between two of those cannot be recognised, except by what the transport says.
 */
export const gemini = {
  framing: 'sse',
  parse: each((message: RawMessage) => parseLines<GeminiChunk>(message)),
  toText({ value }) {
    const parts = value.candidates?.[0]?.content?.parts ?? [];
    return parts.map(({ text, thought }) => (thought ? '' : (text ?? ''))).join('');
  },
  accumulate() {
    let reason: string | null = null;
    return {
      push({ value }) {
        reason = value.candidates?.[0]?.finishReason ?? reason;
      },
      end() {
        if (reason === null)
          throw new StreamError('truncated', 'The answer ended without a reason.');
      },
      snapshot: () => reason,
    };
  },
  errorWhen({ value }) {
    const { error, promptFeedback } = value ?? {};
    if (error !== undefined) return error.message ?? true;
    const blocked = promptFeedback?.blockReason;
    return blocked !== undefined && `The prompt was blocked: ${blocked}.`;
  },
} satisfies StreamingFetchOptions<GeminiChunk, string | null>;

interface OllamaLine {
  /** Of `/api/chat`. */
  readonly message?: { readonly content?: string };
  /** Of `/api/generate`. */
  readonly response?: string;
  readonly done?: boolean;
  readonly done_reason?: string;
  readonly error?: string;
}

/** Ollama `/api/chat` and `/api/generate`. */
export const ollama = {
  framing: 'ndjson',
  parse: each((message: RawMessage) => parseLines<OllamaLine>(message)),
  toText: ({ value: { message, response } }) => message?.content ?? response ?? '',
  reduce: (reason: string | null, { value }) => value.done_reason ?? reason,
  initialState: noReason,
  errorWhen: ({ value }) => value?.error,
  endWhen: ({ value }) => value.done === true,
} satisfies StreamingFetchOptions<OllamaLine, string | null>;

interface AiSdkPart {
  readonly type: string;
  readonly delta?: string;
  readonly errorText?: string;
  readonly reason?: string;
  readonly finishReason?: string;
}

/** UI message streams of the Vercel AI SDK. For its text streams nothing is needed. */
export const aiSdkMessages = {
  framing: 'sse',
  parse: each((message: RawMessage) => parseLines<AiSdkPart>(message)),
  toText: ({ value }) => (value.type === 'text-delta' ? (value.delta ?? '') : ''),
  reduce: (reason: string | null, { value }) => value.finishReason ?? reason,
  initialState: noReason,
  errorWhen({ value }) {
    if (value?.type === 'error') return value.errorText ?? true;
    return value?.type === 'abort' && `The server gave up: ${value.reason ?? 'no reason given'}.`;
  },
  endWhen: '[DONE]',
} satisfies StreamingFetchOptions<AiSdkPart, string | null>;

/**
 * `@Sse()` of NestJS, with strings as data. The end of the connection is all the end there is: to
 * tell it from a broken answer, let the observable send a last event and name it in `endWhen`.
 */
export const nestSse = {
  framing: 'sse',
  toText: ({ event, value }) => (event === 'message' ? value : ''),
  errorWhen: ({ event, data }) => event === 'error' && data,
} satisfies StreamingFetchOptions;
