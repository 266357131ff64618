'use client';

import { Monitor, Moon, Sun } from 'lucide-react';
import { useTheme } from 'next-themes';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { Menu, MenuChoices } from '../ui/menu';

const THEMES = ['light', 'dark', 'system'] as const;
type Theme = (typeof THEMES)[number];

export function ThemeMenu() {
  const t = useText();
  const { theme, setTheme } = useTheme();
  const chosen: Theme = THEMES.find((name) => name === theme) ?? 'system';
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="icon" label={t('shell.theme')}>
          {/* Both, and CSS shows one: the server does not know the theme. */}
          <Sun aria-hidden className="dark:hidden" />
          <Moon aria-hidden className="hidden dark:block" />
        </Button>
      }
    >
      <MenuChoices
        label={t('shell.theme')}
        value={chosen}
        onChange={setTheme}
        choices={[
          { value: 'light', label: t('shell.themeLight'), icon: <Sun aria-hidden /> },
          { value: 'dark', label: t('shell.themeDark'), icon: <Moon aria-hidden /> },
          { value: 'system', label: t('shell.themeSystem'), icon: <Monitor aria-hidden /> },
        ]}
      />
    </Menu>
  );
}
