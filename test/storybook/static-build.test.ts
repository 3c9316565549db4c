import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { pages, stories, withBrowser } from './open-page.ts';

const { folder, published } = inject('storybooks');
const visit = withBrowser();

test('is a page, its stories, and the worker that stands in for the server', () => {
  const files = ['index.html', 'iframe.html', 'index.json', 'demo-server.js'];
  expect(files.filter((name) => !existsSync(join(folder, name)))).toEqual([]);
  expect(pages.map(({ title }) => title)).toContain('Introduction');
  expect(stories.map(({ title }) => title)).toContain('useEventSource');
});

test('streams where there is no server, on its first page and under any path', async () => {
  await visit(published, '', async ({ page, complaints, strangers }) => {
    const status = page.frameLocator('#storybook-preview-iframe').locator('.example output');
    await status.first().filter({ hasText: 'open' }).waitFor();
    expect(complaints).toEqual([]);
    expect(strangers).toEqual([]);
  });
});

test('shows of an encoded or cut file what a page would see of it over HTTP', async () => {
  const story = 'iframe.html?id=usedownload--known-size&viewMode=story';
  await visit(published, story, async ({ page }) => {
    await page.getByRole('progressbar').waitFor();
    const seen = (query: string) =>
      page.evaluate(async (url) => {
        const response = await fetch(url);
        const encoding = response.headers.get('content-encoding');
        const length = Number(response.headers.get('content-length'));
        return { encoding, length, arrived: (await response.arrayBuffer()).byteLength };
      }, `./api/files/levels.csv?interval=0&chunk=20000&${query}`);
    const encoded = await seen('encoding=gzip');
    expect(encoded).toMatchObject({ encoding: 'gzip', arrived: 240_000 });
    expect(encoded.length).toBeLessThan(120_000);
    expect(await seen('truncate=100000')).toEqual({
      encoding: null,
      length: 240_000,
      arrived: 100_000,
    });
  });
});
