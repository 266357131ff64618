'use client';

import { Ellipsis, Pause, Play, RotateCcw, Square, SquareTerminal, Trash2 } from 'lucide-react';
import { useRouter } from 'next/navigation';
import type { Vm } from '@/server/api/vms';
import { useText } from '../i18n/use-text';
import { Button } from '../ui/button';
import { Menu, MenuItem, MenuSeparator } from '../ui/menu';
import { useVmCommands } from './use-vm-commands';
import { VmConfirm } from './vm-confirm';
import { consolePath } from './vm-paths';

/** The actions in a list: the one that is wanted most as a button, all of them in a menu. */
export function VmRowActions({ vm }: { readonly vm: Vm }) {
  const t = useText();
  const router = useRouter();
  const commands = useVmCommands(vm);
  const { start, pause, resume, stop, reset, delete: remove } = commands;
  const startable = start.reason === undefined;
  const pausedNow = vm.state === 'paused';
  return (
    <div className="flex items-center justify-end gap-1">
      {pausedNow ? (
        <Button
          variant="ghost"
          size="iconSm"
          label={t('vms.resume')}
          disabledReason={resume.reason}
          pending={resume.pending}
          onClick={resume.run}
        >
          <Play aria-hidden />
        </Button>
      ) : startable || vm.state === 'stopped' || vm.state === 'crashed' ? (
        <Button
          variant="ghost"
          size="iconSm"
          label={t('vms.start')}
          disabledReason={start.reason}
          pending={start.pending}
          onClick={start.run}
        >
          <Play aria-hidden />
        </Button>
      ) : (
        <Button
          variant="ghost"
          size="iconSm"
          label={t('vms.stop')}
          disabledReason={stop.reason}
          pending={stop.pending}
          onClick={stop.run}
        >
          <Square aria-hidden />
        </Button>
      )}
      <Menu
        trigger={
          <Button variant="ghost" size="iconSm" label={t('vms.more', { name: vm.name })}>
            <Ellipsis aria-hidden />
          </Button>
        }
      >
        <MenuItem icon={<SquareTerminal />} onSelect={() => router.push(consolePath(vm.id))}>
          {t('vms.openConsole')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Play />} disabledReason={start.reason} onSelect={start.run}>
          {t('vms.start')}
        </MenuItem>
        {pausedNow ? (
          <MenuItem icon={<Play />} disabledReason={resume.reason} onSelect={resume.run}>
            {t('vms.resume')}
          </MenuItem>
        ) : (
          <MenuItem icon={<Pause />} disabledReason={pause.reason} onSelect={pause.run}>
            {t('vms.pause')}
          </MenuItem>
        )}
        <MenuItem icon={<Square />} disabledReason={stop.reason} onSelect={stop.run}>
          {t('vms.stop')}
        </MenuItem>
        <MenuItem icon={<RotateCcw />} disabledReason={reset.reason} onSelect={reset.run}>
          {t('vms.reset')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<Trash2 />} danger disabledReason={remove.reason} onSelect={remove.run}>
          {t('vms.delete')}
        </MenuItem>
      </Menu>
      <VmConfirm vm={vm} commands={commands} />
    </div>
  );
}
