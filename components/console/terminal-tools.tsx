'use client';

import {
  AArrowDown,
  AArrowUp,
  Accessibility,
  ClipboardPaste,
  Copy,
  Download,
  Maximize2,
  Minimize2,
  Search,
  Settings2,
  SquareArrowOutUpRight,
} from 'lucide-react';
import { API } from '@/components/api/client';
import { useText } from '@/components/i18n/use-text';
import { Button } from '@/components/ui/button';
import { buttonStyle } from '@/components/ui/button-style';
import { Menu, MenuItem, MenuLabel, MenuSeparator } from '@/components/ui/menu';
import { Tooltip } from '@/components/ui/tooltip';
import type { Vm } from '@/server/api/vms';
import { openConsoleWindow } from './open-console-window';
import { RecordingsMenu } from './recordings-menu';
import { FONT_SIZES } from './terminal-settings';
import { useTerminalSettings } from './use-terminal-settings';

interface TerminalToolsProps {
  readonly vm: Vm;
  readonly hasSelection: boolean;
  readonly fullScreen: boolean;
  /** It has a window of its own already. */
  readonly inWindow: boolean;
  readonly onSearch: () => void;
  readonly onCopy: () => void;
  readonly onPaste: () => void;
  readonly onFullScreen: () => void;
}

export function TerminalTools(props: TerminalToolsProps) {
  const t = useText();
  return (
    <div role="toolbar" aria-label={t('machine.terminalTools')} className="flex shrink-0">
      <Button
        variant="ghost"
        size="iconSm"
        label={t('machine.searchKeys')}
        onClick={props.onSearch}
      >
        <Search aria-hidden />
      </Button>
      <Button
        variant="ghost"
        size="iconSm"
        label={t('machine.copy')}
        disabledReason={props.hasSelection ? undefined : t('machine.copyNothing')}
        onClick={props.onCopy}
      >
        <Copy aria-hidden />
      </Button>
      <Button variant="ghost" size="iconSm" label={t('machine.paste')} onClick={props.onPaste}>
        <ClipboardPaste aria-hidden />
      </Button>
      <Tooltip content={t('machine.download')}>
        <a
          href={`${API}/vms/${encodeURIComponent(props.vm.id)}/console/log`}
          download
          aria-label={t('machine.download')}
          className={buttonStyle('ghost', 'iconSm')}
        >
          <Download aria-hidden />
        </a>
      </Tooltip>
      <RecordingsMenu vm={props.vm} />
      <SettingsMenu />
      {!props.inWindow && (
        <Button
          variant="ghost"
          size="iconSm"
          label={t('playback.popOut')}
          // A phone has no room for windows, nor for the button.
          className="max-sm:hidden"
          onClick={() => openConsoleWindow(props.vm.id)}
        >
          <SquareArrowOutUpRight aria-hidden />
        </Button>
      )}
      <Button
        variant="ghost"
        size="iconSm"
        label={props.fullScreen ? t('machine.exitFullScreen') : t('machine.fullScreen')}
        onClick={props.onFullScreen}
      >
        {props.fullScreen ? <Minimize2 aria-hidden /> : <Maximize2 aria-hidden />}
      </Button>
    </div>
  );
}

function SettingsMenu() {
  const t = useText();
  const { settings, change } = useTerminalSettings();
  const { fontSize, screenReader } = settings;
  return (
    <Menu
      trigger={
        <Button variant="ghost" size="iconSm" label={t('machine.terminalSettings')}>
          <Settings2 aria-hidden />
        </Button>
      }
    >
      <MenuItem
        icon={<AArrowUp />}
        onSelect={() => change({ fontSize: Math.min(FONT_SIZES.max, fontSize + 1) })}
      >
        {t('machine.larger')}
      </MenuItem>
      <MenuItem
        icon={<AArrowDown />}
        onSelect={() => change({ fontSize: Math.max(FONT_SIZES.min, fontSize - 1) })}
      >
        {t('machine.smaller')}
      </MenuItem>
      <MenuSeparator />
      <MenuLabel>{t('machine.leaveTerminal')}</MenuLabel>
      <MenuItem icon={<Accessibility />} onSelect={() => change({ screenReader: !screenReader })}>
        {screenReader ? t('machine.screenReaderOff') : t('machine.screenReaderOn')}
      </MenuItem>
    </Menu>
  );
}
