import { expect, test } from 'vitest';
import { checkRandomServers } from '../core/download/random-servers.ts';

test('whatever the server does, a download that is done is whole: 10,000 servers', async () => {
  const ended = await checkRandomServers(10_000);
  console.log(Object.fromEntries(ended));
  expect(ended.get('done')).toBeGreaterThan(3000);
}, 1_800_000);
