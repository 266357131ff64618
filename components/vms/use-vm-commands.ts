'use client';

import { useState } from 'react';
import { reasonNot, type VmAction } from '@/server/api/vm-actions';
import type { Vm } from '@/server/api/vms';
import {
  useDeleteVm,
  usePauseVm,
  useResetVm,
  useResumeVm,
  useShutdownVm,
  useStartVm,
  useStopVm,
} from '../api/mutations';
import { useCannotRun } from '../host/use-cannot-run';
import type { TextKey } from '../i18n/catalogue';
import { useReader } from '../i18n/language-provider';
import { useForbidden } from '../session/use-forbidden';
import { focusMainIfLost } from '../ui/focus-main';
import { toast } from '../ui/toast';
import { toastError } from '../ui/toast-error';

/** What loses something and is asked about first. */
export type AskedAction = 'stop' | 'reset' | 'delete';
export type CommandName = Exclude<VmAction, 'openConsole'>;

export interface Command {
  /** Why it is not possible now. */
  readonly reason: string | undefined;
  readonly pending: boolean;
  readonly run: () => void;
}

interface Mutation {
  readonly isPending: boolean;
  mutateAsync(): Promise<unknown>;
}

const FAILED = {
  start: 'vms.startFailed',
  pause: 'vms.pauseFailed',
  resume: 'vms.resumeFailed',
  shutdown: 'vms.shutdownFailed',
  stop: 'vms.stopFailed',
  reset: 'vms.resetFailed',
  delete: 'vms.deleteFailed',
} as const satisfies Record<CommandName, TextKey>;

interface Options {
  readonly onDeleted?: (() => void) | undefined;
}

/** Everything that can be done with a machine, with the reason where it cannot, and the questions. */
export function useVmCommands(vm: Vm, { onDeleted }: Options = {}) {
  const { t, say } = useReader();
  const forbidden = useForbidden();
  const cannotRun = useCannotRun();
  const [asking, setAsking] = useState<AskedAction>();
  const mutations: Readonly<Record<CommandName, Mutation>> = {
    start: useStartVm(vm.id),
    pause: usePauseVm(vm.id),
    resume: useResumeVm(vm.id),
    shutdown: useShutdownVm(vm.id),
    stop: useStopVm(vm.id),
    reset: useResetVm(vm.id),
    delete: useDeleteVm(vm.id),
  };

  // The promise and not the callbacks of `mutate`: those are silent once a deleted row is gone.
  const run = async (name: CommandName) => {
    try {
      await mutations[name].mutateAsync();
    } catch (error) {
      toastError(t(FAILED[name], { name: vm.name }), error);
      return;
    }
    if (name !== 'delete') return;
    toast('success', t('vms.deleted', { name: vm.name }));
    onDeleted?.();
    focusMainIfLost();
  };

  const whyNot = (name: CommandName) => {
    const reason = reasonNot(vm.state, name);
    return reason && say(reason);
  };

  const command = (name: CommandName): Command => ({
    reason: forbidden ?? whyNot(name) ?? (name === 'start' ? cannotRun : undefined),
    pending: mutations[name].isPending,
    run: isAsked(name) ? () => setAsking(name) : () => void run(name),
  });

  return {
    start: command('start'),
    pause: command('pause'),
    resume: command('resume'),
    shutdown: command('shutdown'),
    stop: command('stop'),
    reset: command('reset'),
    delete: command('delete'),
    asking,
    cancel: () => setAsking(undefined),
    confirm: () => {
      setAsking(undefined);
      // While the question stood there, the machine may have changed by itself.
      if (asking !== undefined && reasonNot(vm.state, asking) === undefined) void run(asking);
    },
  };
}

export type VmCommands = ReturnType<typeof useVmCommands>;

function isAsked(name: CommandName): name is AskedAction {
  return name === 'stop' || name === 'reset' || name === 'delete';
}
