import {
  createStreamingFetch,
  type StreamingFetchController,
  type StreamingFetchSnapshot,
} from 'rivulet/core';
import {
  aiSdkMessages,
  anthropicMessages,
  gemini,
  nestSse,
  ollama,
  openAiChat,
  openAiResponses,
} from '../../stories/examples/llm-recipes.ts';

/** What all runs are created with here. */
interface Setup {
  readonly fetch: () => Promise<Response>;
  readonly maxMessages: number;
}

/** Every recipe, as it is used. */
const creators = {
  openAiChat: (setup: Setup) => createStreamingFetch('http://a/', { ...openAiChat, ...setup }),
  openAiResponses: (setup: Setup) =>
    createStreamingFetch('http://a/', { ...openAiResponses, ...setup }),
  anthropicMessages: (setup: Setup) =>
    createStreamingFetch('http://a/', { ...anthropicMessages, ...setup }),
  gemini: (setup: Setup) => createStreamingFetch('http://a/', { ...gemini, ...setup }),
  ollama: (setup: Setup) => createStreamingFetch('http://a/', { ...ollama, ...setup }),
  aiSdkMessages: (setup: Setup) =>
    createStreamingFetch('http://a/', { ...aiSdkMessages, ...setup }),
  nestSse: (setup: Setup) => createStreamingFetch('http://a/', { ...nestSse, ...setup }),
};

export type RecipeName = keyof typeof creators;

/** The names of all recipes. */
export const recipeNames: readonly RecipeName[] = [
  'openAiChat',
  'openAiResponses',
  'anthropicMessages',
  'gemini',
  'ollama',
  'aiSdkMessages',
  'nestSse',
];

/** What a recipe makes of a response. */
export function readResponse(
  name: RecipeName,
  response: Response,
): Promise<StreamingFetchSnapshot<unknown>> {
  const setup = { fetch: async () => response, maxMessages: Number.POSITIVE_INFINITY };
  // The values of each recipe are of a type of their own; here they are only compared.
  const run = creators[name](setup) as StreamingFetchController<unknown>;
  return run.start();
}

/** What a recipe makes of a body that arrives in these chunks. */
export function readChunks(
  name: RecipeName,
  contentType: string,
  chunks: readonly Uint8Array[],
): Promise<StreamingFetchSnapshot<unknown>> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  return readResponse(name, new Response(body, { headers: { 'content-type': contentType } }));
}
