import type { ErrorInfo, Status, StreamError } from 'rivulet/core';

/** The callbacks of a hook or controller, each writing one line. */
export interface CallbackLog {
  readonly lines: string[];
  readonly errors: StreamError[];
  readonly callbacks: {
    readonly onStatusChange: (status: Status, previous: Status) => void;
    readonly onOpen: (response: Response) => void;
    readonly onError: (error: StreamError, info: ErrorInfo) => void;
    readonly onMessage: (message: { readonly data: string }) => void;
  };
}

/** Writes down which callbacks were called, in order. */
export function createCallbackLog(): CallbackLog {
  const lines: string[] = [];
  const errors: StreamError[] = [];
  return {
    lines,
    errors,
    callbacks: {
      onStatusChange: (status, previous) => void lines.push(`${previous} -> ${status}`),
      onOpen: (response) => void lines.push(`opened with ${response.status}`),
      onError(error, { willRetry }) {
        lines.push(`${error.code}, ${willRetry ? 'will retry' : 'final'}`);
        errors.push(error);
      },
      onMessage: ({ data }) => void lines.push(`message ${data}`),
    },
  };
}
