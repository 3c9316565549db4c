/*
 * Answers of language models as they are on the wire, after the documentation and the clients of each
 * server. `\n` is the line end; tests put CRLF in its place.
 */

/** The bodies that one server can send for the same answer. */
interface WireAnswers {
  readonly contentType: string;
  /** The answer to its end, with all that a reader must pass over. */
  readonly complete: string;
  /** What it says. */
  readonly text: string;
  /** The answer up to a place between two messages before its end, and what it says there. */
  readonly partial: string;
  readonly partialText: string;
  /** An error in the middle of the answer, and what it says. */
  readonly error: string;
  readonly errorMessage: string;
  /** What the server may send behind its error. */
  readonly afterError: string;
}

const sse = (...messages: readonly object[]) =>
  messages.map((message) => `data: ${JSON.stringify(message)}\n\n`).join('');
const named = (...messages: readonly { readonly type: string }[]) =>
  messages.map((message) => `event: ${message.type}\n${sse(message)}`).join('');
const lines = (...messages: readonly object[]) =>
  messages.map((message) => `${JSON.stringify(message)}\n`).join('');

const TEXT = ' Grüße,\n"日本" 😀';

const choice = (delta: object, finish: string | null = null) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason: finish }],
});

const openAiStart =
  // Azure begins with the results of its filters.
  sse({ choices: [], prompt_filter_results: [{ prompt_index: 0 }] }) +
  ': OPENROUTER PROCESSING\n\n: keep-alive\n\n' +
  sse(choice({ role: 'assistant', content: '' }), choice({ role: 'assistant', content: null })) +
  sse({ ...choice({ content: ' Grüße,' }), obfuscation: 'xk2' }, choice({ reasoning: 'hm' }));

const openAiChat: WireAnswers = {
  contentType: 'text/event-stream; charset=utf-8',
  complete:
    openAiStart +
    sse(choice({ content: '\n"日本"' }), choice({ content: ' 😀' }), choice({}, 'stop')) +
    sse({ choices: [], usage: { total_tokens: 12 } }) +
    'data: [DONE]\n\n',
  text: TEXT,
  partial: openAiStart,
  partialText: ' Grüße,',
  error: sse({ error: { message: 'Overloaded, try later', code: 503 } }),
  errorMessage: 'Overloaded, try later',
  afterError: 'data: [DONE]\n\n',
};

const delta = (text: string, number: number) => ({
  type: 'response.output_text.delta',
  sequence_number: number,
  item_id: 'msg_1',
  delta: text,
});

const responsesStart =
  named(
    { type: 'response.created', ...{ response: { status: 'in_progress', error: null } } },
    { type: 'response.output_item.added' },
  ) + named(delta(' Grüße,', 3));

const openAiResponses: WireAnswers = {
  contentType: 'text/event-stream; charset=utf-8',
  complete:
    responsesStart +
    named(delta('\n"日本"', 4), delta(' 😀', 5)) +
    named(
      { type: 'response.output_text.done', ...{ text: TEXT } },
      { type: 'response.of_a_type_to_come', ...{ delta: 'not text' } },
      { type: 'response.completed', ...{ response: { status: 'completed', error: null } } },
    ),
  text: TEXT,
  partial: responsesStart,
  partialText: ' Grüße,',
  error: named({ type: 'error', ...{ code: 'server_error', message: 'It broke', param: null } }),
  errorMessage: 'It broke',
  afterError: 'data: [DONE]\n\n',
};

const block = (index: number, given: object) => ({
  type: 'content_block_delta',
  index,
  delta: given,
});
const ping = named({ type: 'ping' });

const anthropicStart =
  named({ type: 'message_start', ...{ message: { id: 'msg_1', content: [] } } }) +
  named({ type: 'content_block_start', ...{ index: 0 } }) +
  ping +
  named(block(0, { type: 'thinking_delta', thinking: 'hm' })) +
  named(block(1, { type: 'text_delta', text: ' Grüße,' }));

const anthropicMessages: WireAnswers = {
  contentType: 'text/event-stream; charset=utf-8',
  complete:
    anthropicStart +
    ping +
    named(block(1, { type: 'text_delta', text: '\n"日本"' })) +
    named({ type: 'an_event_to_come', ...{ delta: { type: 'text_delta', text: 'not text' } } }) +
    named(block(1, { type: 'text_delta', text: ' 😀' })) +
    named(block(2, { type: 'input_json_delta', partial_json: '' })) +
    named({ type: 'message_delta', ...{ delta: { stop_reason: 'end_turn' } } }) +
    named({ type: 'message_stop' }),
  text: TEXT,
  partial: anthropicStart,
  partialText: ' Grüße,',
  error: named({
    type: 'error',
    ...{ error: { type: 'overloaded_error', message: 'Overloaded' } },
  }),
  errorMessage: 'Overloaded',
  // An endpoint of another provider in this format adds it.
  afterError: 'event: data\ndata: [DONE]\n\n',
};

const candidate = (parts: readonly object[], rest: object = {}) => ({
  candidates: [{ content: { parts, role: 'model' }, index: 0, ...rest }],
});

const geminiStart = sse(
  candidate([{ text: 'Let me think', thought: true }]),
  candidate([{ text: ' Grü' }, { text: 'ße,' }]),
);

const gemini: WireAnswers = {
  contentType: 'text/event-stream',
  complete:
    geminiStart +
    sse(candidate([{ text: '\n"日本"' }]), candidate([{ text: '', thoughtSignature: 'c2ln' }])) +
    sse({ ...candidate([{ text: ' 😀' }], { finishReason: 'STOP' }), usageMetadata: {} }),
  text: TEXT,
  partial: geminiStart,
  partialText: ' Grüße,',
  error: sse({ error: { code: 503, message: 'The model is overloaded', status: 'UNAVAILABLE' } }),
  errorMessage: 'The model is overloaded',
  afterError: '',
};

const said = (content: string) => ({
  model: 'm',
  message: { role: 'assistant', content },
  done: false,
});

const ollamaStart = lines(said(' Grüße,'));

const ollama: WireAnswers = {
  contentType: 'application/x-ndjson',
  complete:
    ollamaStart +
    lines(said('\n"日本"'), said(' 😀'), { ...said(''), done: true, done_reason: 'stop' }),
  text: TEXT,
  partial: ollamaStart,
  partialText: ' Grüße,',
  error: lines({ error: 'an error was encountered while running the model' }),
  errorMessage: 'an error was encountered while running the model',
  afterError: '',
};

const aiSdkStart =
  sse({ type: 'start' }, { type: 'start-step' }) +
  ': heartbeat\n\n' +
  sse({ type: 'reasoning-delta', id: 'r1', delta: 'hm' }, { type: 'text-start', id: 't1' }) +
  sse({ type: 'text-delta', id: 't1', delta: ' Grüße,' });

const aiSdkMessages: WireAnswers = {
  contentType: 'text/event-stream',
  complete:
    aiSdkStart +
    sse({ type: 'data-weather', data: { delta: 'not text' } }) +
    sse(
      { type: 'text-delta', id: 't1', delta: '\n"日本"' },
      { type: 'text-delta', id: 't1', delta: ' 😀' },
      { type: 'text-end', id: 't1' },
      { type: 'finish-step' },
      { type: 'finish' },
    ) +
    'data: [DONE]\n\n',
  text: TEXT,
  partial: aiSdkStart,
  partialText: ' Grüße,',
  error: sse({ type: 'error', errorText: 'An error occurred.' }),
  errorMessage: 'An error occurred.',
  afterError: 'data: [DONE]\n\n',
};

const nestStart = '\nid: 1\ndata:  Grüße,\n\n';

const nestSse: WireAnswers = {
  contentType: 'text/event-stream',
  complete: `${nestStart}: \n\nid: 2\ndata: \ndata: "日本"\n\nevent: progress\nid: 3\ndata: 50\n\nid: 4\nretry: 10\ndata:  😀\n\n`,
  text: TEXT,
  partial: nestStart,
  partialText: ' Grüße,',
  error: 'event: error\nid: 2\ndata: Database gone\n\n',
  errorMessage: 'Database gone',
  afterError: '',
};

/** The answers of each server, under the name of its recipe. */
export const answers = {
  openAiChat,
  openAiResponses,
  anthropicMessages,
  gemini,
  ollama,
  aiSdkMessages,
  nestSse,
} as const;
