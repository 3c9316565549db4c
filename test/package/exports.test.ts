import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import { describe, expect, inject, test } from 'vitest';

/** The types that hooks and core share. */
const COMMON_TYPES = [
  'AbortReason',
  'Accumulator',
  'BodyInput',
  'Bytes',
  'DownloadActions',
  'DownloadAs',
  'DownloadController',
  'DownloadOptions',
  'DownloadProgress',
  'DownloadResult',
  'DownloadSink',
  'DownloadSnapshot',
  'DownloadToSinkOptions',
  'EndedBy',
  'Environment',
  'ErrorInfo',
  'EventMap',
  'EventSourceActions',
  'EventSourceController',
  'EventSourceOptions',
  'EventSourceResult',
  'EventSourceSnapshot',
  'FetchLike',
  'FileHandleLike',
  'FlushMode',
  'HeadersInput',
  'MessageOf',
  'PauseReason',
  'RawMessage',
  'ReadableStore',
  'RequestOverrides',
  'RetryOptions',
  'StandardSchema',
  'Status',
  'StreamErrorCode',
  'StreamMessage',
  'StreamOptions',
  'StreamingFetchActions',
  'StreamingFetchController',
  'StreamingFetchOptions',
  'StreamingFetchResult',
  'StreamingFetchSnapshot',
  'UrlSource',
];

/** What each entry exports. A new export is added here, on purpose; a lost one is a major version. */
const EXPORTS = {
  index: {
    values: [
      'StreamConfig',
      'StreamError',
      'each',
      'isStreamError',
      'useDownload',
      'useEventSource',
      'useStreamingFetch',
    ],
    types: [...COMMON_TYPES, 'StreamConfigProps'],
  },
  core: {
    values: [
      'StreamError',
      'createDownload',
      'createEventSource',
      'createFraming',
      'createStreamingFetch',
      'each',
      'isStreamError',
      'readStream',
    ],
    types: [
      ...COMMON_TYPES,
      'FramedItem',
      'FramedMessage',
      'Framing',
      'FramingEnd',
      'FramingName',
      'FramingOptions',
      'ReadStreamOptions',
    ],
  },
  share: { values: ['acrossTabs', 'inPage'], types: [] },
  testing: {
    values: ['createMockFetch', 'createMockStream', 'createTestEnvironment', 'encodeMessage'],
    types: [
      'EncodableMessage',
      'MockFetch',
      'MockResponder',
      'MockStream',
      'MockStreamOptions',
      'RecordedRequest',
      'TestEnvironment',
      'TestEnvironmentOptions',
    ],
  },
};

const { folder } = inject('packed');
const declarationOf = (entry: string) => join(folder, 'dist', `${entry}.d.ts`);

const program = ts.createProgram(Object.keys(EXPORTS).map(declarationOf), {
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  noEmit: true,
  types: [],
});
const checker = program.getTypeChecker();

/** The names that a declaration file exports, of types only. */
function typesOf(entry: string): string[] {
  const file = program.getSourceFile(declarationOf(entry));
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${entry}.d.ts is not a module`);
  return checker
    .getExportsOfModule(module)
    .filter((symbol) => {
      const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
      const target = isAlias ? checker.getAliasedSymbol(symbol) : symbol;
      return (target.flags & ts.SymbolFlags.Value) === 0;
    })
    .map(({ name }) => name);
}

describe.each(Object.entries(EXPORTS))('the entry %s', (entry, { values, types }) => {
  test('exports exactly these values', async () => {
    const module = await import(pathToFileURL(join(folder, 'dist', `${entry}.js`)).href);
    expect(Object.keys(module).toSorted()).toEqual(values);
  });

  test('exports exactly these types', () => {
    expect(typesOf(entry).toSorted()).toEqual(types.toSorted());
  });
});
