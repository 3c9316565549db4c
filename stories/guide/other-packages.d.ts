/*
 * What the guides use of packages that this repository does not install. The snippets are compiled
 * against these lines, and were tried with the packages themselves.
 */

declare module '@tanstack/react-query' {
  interface QueryOptions<TData> {
    readonly queryKey: readonly unknown[];
    readonly queryFn: (context: { readonly signal: AbortSignal }) => TData | Promise<TData>;
    readonly enabled?: boolean;
    readonly staleTime?: number;
  }
  export function useQuery<TData>(options: QueryOptions<TData>): {
    readonly data: TData | undefined;
    readonly error: Error | null;
    readonly fetchStatus: 'fetching' | 'paused' | 'idle';
  };
  export function useQueryClient(): {
    invalidateQueries(filters?: { readonly queryKey?: readonly unknown[] }): Promise<void>;
    setQueryData<TData>(
      queryKey: readonly unknown[],
      updater: (known: TData | undefined) => TData | undefined,
    ): TData | undefined;
  };
  export function experimental_streamedQuery<TChunk, TData>(options: {
    readonly streamFn: (context: { readonly signal: AbortSignal }) => AsyncIterable<TChunk>;
    readonly reducer: (data: TData, chunk: TChunk) => TData;
    readonly initialValue: TData;
    readonly refetchMode?: 'append' | 'reset' | 'replace';
  }): QueryOptions<TData>['queryFn'];
}

declare module 'expo/fetch' {
  export function fetch(url: string, init?: RequestInit): Promise<Response>;
}
