import { createRoot } from 'react-dom/client';
import { expect, test } from 'vitest';

test('the tests named *.production.test load the production build of React', async () => {
  expect(createRoot).toBeTypeOf('function');
  const urls = performance.getEntriesByType('resource').map((entry) => entry.name);
  const url = urls.find((name) => name.includes('react-dom_client.js'));
  const bundle = await (await fetch(url ?? '')).text();
  expect(bundle).toContain('react-dom-client.production.js');
  expect(bundle).not.toContain('react-dom-client.development.js');
});
