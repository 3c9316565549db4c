import { expect, test } from 'vitest';
import { checkRandomServers } from './random-servers.ts';

test('whatever the server does, what says that it is done has exactly the bytes of the file', async () => {
  const ended = await checkRandomServers(300);
  // The servers are not so bad that nothing is ever tested.
  expect(ended.get('done')).toBeGreaterThan(100);
});
