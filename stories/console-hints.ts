import { spyOn } from 'storybook/test';

/**
 * Catches the hints of the library, which are meant for a developer's console and exist in
 * development only. As `beforeEach` of a story it keeps the console of the story quiet.
 */
export function catchHints(): void {
  spyOn(console, 'warn')
    .mockName('console.warn')
    .mockImplementation(() => {});
}

/** Whether the page was built for development, where the library gives hints. */
export const givesHints = import.meta.env.DEV;
