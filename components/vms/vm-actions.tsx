'use client';

import { Ellipsis } from 'lucide-react';
import { useRef } from 'react';
import type { Vm } from '@/server/api/vms';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { Menu, MenuItem, MenuSeparator } from '../ui/menu';
import { useVmCommands } from './use-vm-commands';
import { VmConfirm } from './vm-confirm';
import { DeleteIcon, PauseIcon, ResetIcon, ShutdownIcon, StartIcon, StopIcon } from './vm-icons';

/** A phone has room for the words or for the icons beside them. */
const WORDS = 'max-sm:[&_svg]:hidden';

interface VmActionsProps {
  readonly vm: Vm;
  /** A machine's own page leaves when it is gone. */
  readonly onDeleted?: () => void;
}

/**
 * The actions in a machine's header, in words. What is not possible now says why. What loses
 * something stands behind what does not.
 */
export function VmActions({ vm, onDeleted }: VmActionsProps) {
  const t = useText();
  const menuButton = useRef<HTMLButtonElement>(null);
  const commands = useVmCommands(vm, { onDeleted });
  const { start, pause, resume, shutdown, stop, reset, delete: remove } = commands;
  return (
    <fieldset
      aria-label={t('vms.actionsOf', { name: vm.name })}
      className="flex min-w-0 flex-wrap gap-2"
    >
      <Button
        className={WORDS}
        variant={start.reason === undefined ? 'primary' : 'secondary'}
        disabledReason={start.reason}
        pending={start.pending}
        onClick={start.run}
      >
        <StartIcon /> {t('vms.start')}
      </Button>
      {vm.state === 'paused' ? (
        <Button
          className={WORDS}
          variant="primary"
          disabledReason={resume.reason}
          pending={resume.pending}
          onClick={resume.run}
        >
          <StartIcon /> {t('vms.resume')}
        </Button>
      ) : (
        <Button
          className={WORDS}
          disabledReason={pause.reason}
          pending={pause.pending}
          onClick={pause.run}
        >
          <PauseIcon /> {t('vms.pause')}
        </Button>
      )}
      <Button
        className={WORDS}
        disabledReason={shutdown.reason}
        pending={shutdown.pending}
        onClick={shutdown.run}
      >
        <ShutdownIcon /> {t('vms.shutdown')}
      </Button>
      <Menu
        trigger={
          <Button
            ref={menuButton}
            size="icon"
            label={t('vms.moreShort')}
            pending={stop.pending || reset.pending || remove.pending}
          >
            <Ellipsis aria-hidden />
          </Button>
        }
      >
        <MenuItem icon={<StopIcon />} disabledReason={stop.reason} onSelect={stop.run}>
          {t('vms.stop')}
        </MenuItem>
        <MenuItem icon={<ResetIcon />} disabledReason={reset.reason} onSelect={reset.run}>
          {t('vms.reset')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<DeleteIcon />} danger disabledReason={remove.reason} onSelect={remove.run}>
          {t('vms.delete')}
        </MenuItem>
      </Menu>
      <VmConfirm vm={vm} commands={commands} menuButton={menuButton} />
    </fieldset>
  );
}
