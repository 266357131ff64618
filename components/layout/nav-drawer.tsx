'use client';

import { Menu as MenuIcon } from 'lucide-react';
import { useRef, useState } from 'react';
import { useText } from '../i18n/use-text';
import { buttonStyle } from '../ui/button-style';
import { onDemand } from '../ui/on-demand';

const NavDrawerPanel = onDemand(() =>
  import('./nav-drawer-panel').then((module) => module.NavDrawerPanel),
);

/** The navigation on screens that have no room for it at the left. */
export function NavDrawer() {
  const t = useText();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  return (
    <>
      <button
        ref={button}
        type="button"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={t('shell.openNavigation')}
        onClick={() => setOpen(true)}
        className={buttonStyle('ghost', 'icon', '-ml-1.5 lg:hidden')}
      >
        <MenuIcon aria-hidden />
      </button>
      {open && <NavDrawerPanel onClose={() => setOpen(false)} opener={button} />}
    </>
  );
}
