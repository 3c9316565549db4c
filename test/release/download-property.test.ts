import { test } from 'vitest';
import { checkRandomServers } from '../core/download/random-servers.ts';

test('whatever the server does, a download that is done is whole: 10,000 servers', async () => {
  console.log(Object.fromEntries(await checkRandomServers(10_000)));
}, 1_800_000);
