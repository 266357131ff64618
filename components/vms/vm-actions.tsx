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

interface VmActionsProps {
  readonly vm: Vm;
  /** A machine's own page leaves when it is gone. */
  readonly onDeleted?: () => void;
}

/** The actions in a machine's header, in words. What is not possible now says why. */
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
        variant={start.reason === undefined ? 'primary' : 'secondary'}
        disabledReason={start.reason}
        pending={start.pending}
        onClick={start.run}
      >
        <StartIcon /> {t('vms.start')}
      </Button>
      {vm.state === 'paused' ? (
        <Button
          variant="primary"
          disabledReason={resume.reason}
          pending={resume.pending}
          onClick={resume.run}
        >
          <StartIcon /> {t('vms.resume')}
        </Button>
      ) : (
        <Button disabledReason={pause.reason} pending={pause.pending} onClick={pause.run}>
          <PauseIcon /> {t('vms.pause')}
        </Button>
      )}
      <Button disabledReason={stop.reason} pending={stop.pending} onClick={stop.run}>
        <StopIcon /> {t('vms.stop')}
      </Button>
      <Menu
        trigger={
          <Button
            ref={menuButton}
            size="icon"
            label={t('vms.moreShort')}
            pending={shutdown.pending || reset.pending || remove.pending}
          >
            <Ellipsis aria-hidden />
          </Button>
        }
      >
        <MenuItem icon={<ShutdownIcon />} disabledReason={shutdown.reason} onSelect={shutdown.run}>
          {t('vms.shutdown')}
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
