/** The scenarios of one engine as a project of Vitest. */
export const engineProject = (engine: string, include: string[], name = `engines-${engine}`) => ({
  test: {
    name,
    environment: 'node' as const,
    include,
    env: { RIVULET_ENGINE: engine },
    // Node 20 has a WebSocket behind this flag; later ones have it anyway.
    execArgv: ['--experimental-websocket'],
    // A busy machine is many times slower; a test that hangs may wait for its end.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
