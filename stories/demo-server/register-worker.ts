/** Resolves when a worker answers for this page. */
async function controlled(): Promise<void> {
  if (navigator.serviceWorker.controller !== null) return;
  await new Promise<void>((resolve) => {
    navigator.serviceWorker.addEventListener('controllerchange', () => resolve(), { once: true });
  });
}

/**
 * Starts the demo server of the static build in a service worker beside this page, and waits until
 * it answers.
 *
 * @throws where the browser allows no service worker: off localhost that needs https
 */
export async function startDemoServerWorker(): Promise<void> {
  if (!('serviceWorker' in navigator)) {
    throw new Error(
      'The live examples need a service worker: open this page on https or localhost.',
    );
  }
  await navigator.serviceWorker.register('./demo-server.js');
  const { active } = await navigator.serviceWorker.ready;
  if (navigator.serviceWorker.controller === null) active?.postMessage('claim');
  await controlled();
}
