import { create, type ThemeVars } from 'storybook/theming';

/** What a reader can choose in the toolbar. */
export type ThemeChoice = 'system' | 'light' | 'dark';

const shared = {
  brandTitle: 'Rivulet',
  fontBase: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  fontCode: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace',
  appBorderRadius: 8,
  inputBorderRadius: 6,
};

const light = create({
  ...shared,
  base: 'light',
  colorPrimary: '#0b63c5',
  colorSecondary: '#0b63c5',
  appBg: '#f3f6f9',
  appContentBg: '#ffffff',
  appPreviewBg: '#ffffff',
  appBorderColor: '#d5dde5',
  textColor: '#16202b',
  textMutedColor: '#52606d',
  barTextColor: '#52606d',
  barSelectedColor: '#0b63c5',
  barHoverColor: '#0b63c5',
  barBg: '#ffffff',
});

const dark = create({
  ...shared,
  base: 'dark',
  colorPrimary: '#6cb6ff',
  colorSecondary: '#4493f8',
  appBg: '#0d131a',
  appContentBg: '#131b24',
  appPreviewBg: '#131b24',
  appBorderColor: '#2c3a48',
  textColor: '#e6edf3',
  textMutedColor: '#9fb0c0',
  barTextColor: '#9fb0c0',
  barSelectedColor: '#6cb6ff',
  barHoverColor: '#6cb6ff',
  barBg: '#131b24',
});

const prefersDark = () => matchMedia('(prefers-color-scheme: dark)');

/** The choice a set of Storybook globals holds. */
export function choiceIn(globals: Readonly<Record<string, unknown>> | undefined): ThemeChoice {
  const theme = globals?.['theme'];
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

/** The theme of Storybook's own pages for a choice. */
export function themeFor(choice: ThemeChoice): ThemeVars {
  const isDark = choice === 'system' ? prefersDark().matches : choice === 'dark';
  return isDark ? dark : light;
}

/** Calls back when the system turns dark or light; returns how to stop that. */
export function onSystemTheme(listener: () => void): () => void {
  const query = prefersDark();
  query.addEventListener('change', listener);
  return () => query.removeEventListener('change', listener);
}
