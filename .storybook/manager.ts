import { GLOBALS_UPDATED, SET_GLOBALS } from 'storybook/internal/core-events';
import { addons } from 'storybook/manager-api';
import { choiceIn, onSystemTheme, type ThemeChoice, themeFor } from './theme.ts';

let choice: ThemeChoice = 'system';

addons.setConfig({
  theme: themeFor(choice),
  selectedPanel: 'storybook/docs/panel',
  // The browser zooms too, and this tool of Storybook's logs a warning about itself.
  toolbar: { zoom: { hidden: true } },
});

addons.register('rivulet/theme', (api) => {
  const show = () => api.setOptions({ theme: themeFor(choice) });
  const follow = ({ globals }: { globals: Record<string, unknown> }) => {
    choice = choiceIn(globals);
    show();
  };
  api.on(SET_GLOBALS, follow);
  api.on(GLOBALS_UPDATED, follow);
  onSystemTheme(show);
});
