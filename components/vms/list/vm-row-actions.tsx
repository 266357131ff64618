'use client';

import { Ellipsis } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useRef } from 'react';
import type { Vm } from '@/server/api/vms';
import { useText } from '../../i18n/use-text';
import { Button } from '../../ui/button';
import { Menu, MenuItem, MenuSeparator } from '../../ui/menu';
import { useVmCommands } from '../use-vm-commands';
import { VmConfirm } from '../vm-confirm';
import {
  ConsoleIcon,
  DeleteIcon,
  PauseIcon,
  ResetIcon,
  ShutdownIcon,
  StartIcon,
  StopIcon,
} from '../vm-icons';
import { consolePath } from '../vm-paths';

/** The actions in a list: the one that is wanted most as a button, all of them in a menu. */
export function VmRowActions({ vm }: { readonly vm: Vm }) {
  const t = useText();
  const menuButton = useRef<HTMLButtonElement>(null);
  const router = useRouter();
  const commands = useVmCommands(vm);
  const { start, pause, resume, shutdown, stop, reset, delete: remove } = commands;
  const pausedNow = vm.state === 'paused';
  const off = vm.state === 'stopped' || vm.state === 'crashed';
  const quick = pausedNow ? resume : off ? start : stop;
  return (
    <div className="flex items-center justify-end gap-1">
      <Button
        variant="ghost"
        size="iconSm"
        label={t(pausedNow ? 'vms.resume' : off ? 'vms.start' : 'vms.stop')}
        disabledReason={quick.reason}
        pending={quick.pending}
        onClick={quick.run}
      >
        {pausedNow || off ? <StartIcon /> : <StopIcon />}
      </Button>
      <Menu
        trigger={
          <Button
            ref={menuButton}
            variant="ghost"
            size="iconSm"
            label={t('vms.more', { name: vm.name })}
            pending={pause.pending || shutdown.pending || reset.pending || remove.pending}
          >
            <Ellipsis aria-hidden />
          </Button>
        }
      >
        <MenuItem icon={<ConsoleIcon />} onSelect={() => router.push(consolePath(vm.id))}>
          {t('vms.openConsole')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<StartIcon />} disabledReason={start.reason} onSelect={start.run}>
          {t('vms.start')}
        </MenuItem>
        {pausedNow ? (
          <MenuItem icon={<StartIcon />} disabledReason={resume.reason} onSelect={resume.run}>
            {t('vms.resume')}
          </MenuItem>
        ) : (
          <MenuItem icon={<PauseIcon />} disabledReason={pause.reason} onSelect={pause.run}>
            {t('vms.pause')}
          </MenuItem>
        )}
        <MenuItem icon={<ShutdownIcon />} disabledReason={shutdown.reason} onSelect={shutdown.run}>
          {t('vms.shutdown')}
        </MenuItem>
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
    </div>
  );
}
