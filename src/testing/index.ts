export { type EncodableMessage, encodeMessage } from './encode-message.ts';
export {
  createMockFetch,
  type MockFetch,
  type MockResponder,
  type RecordedRequest,
} from './mock-fetch.ts';
export { createMockStream, type MockStream, type MockStreamOptions } from './mock-stream.ts';
export {
  createTestEnvironment,
  type TestEnvironment,
  type TestEnvironmentOptions,
} from './test-environment.ts';
