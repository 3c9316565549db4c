import { DocsContainer, type DocsContainerProps } from '@storybook/addon-docs/blocks';
import { type PropsWithChildren, useEffect, useSyncExternalStore } from 'react';
import { GLOBALS_UPDATED, SET_GLOBALS } from 'storybook/internal/core-events';
import { addons } from 'storybook/preview-api';
import { choiceIn, onSystemTheme, type ThemeChoice, themeFor } from './theme.ts';

/** The newest choice that went over Storybook's channel. */
function currentChoice(): ThemeChoice {
  const channel = addons.getChannel();
  const [newest] = channel.last(GLOBALS_UPDATED) ?? channel.last(SET_GLOBALS) ?? [];
  return choiceIn(newest?.globals);
}

function onChoice(listener: () => void): () => void {
  const channel = addons.getChannel();
  const events = [GLOBALS_UPDATED, SET_GLOBALS];
  for (const event of events) channel.on(event, listener);
  const stopSystem = onSystemTheme(listener);
  return () => {
    for (const event of events) channel.off(event, listener);
    stopSystem();
  };
}

/** A documentation page in the theme the reader chose, or that of the system. */
export function ThemedDocsContainer(props: PropsWithChildren<DocsContainerProps>) {
  const theme = useSyncExternalStore(onChoice, () => themeFor(currentChoice()));
  const choice = useSyncExternalStore(onChoice, currentChoice);
  useEffect(() => {
    document.documentElement.dataset['theme'] = choice;
  }, [choice]);
  return <DocsContainer {...props} theme={theme} />;
}
