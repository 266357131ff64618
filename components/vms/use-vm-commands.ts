'use client';

import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Disk } from '@/server/api/disks';
import { reasonNot } from '@/server/api/vm-actions';
import type { Vm } from '@/server/api/vms';
import { keys } from '../api/keys';
import { actOnVm } from '../api/vm-calls';
import { deleteDisks } from '../disks/delete-disks';
import { useCannotRun } from '../host/use-cannot-run';
import { useReader } from '../i18n/language-provider';
import { useForbidden } from '../session/use-forbidden';
import { focusMainIfLost } from '../ui/focus-main';
import { toast } from '../ui/toast';
import { toastError } from '../ui/toast-error';
import { toastUndo } from '../ui/toast-undo';
import { makeAgain } from './make-again';
import { type CommandName, FAILED_WORDS } from './vm-words';

/** What loses something and is asked about first. */
export type AskedAction = 'stop' | 'reset' | 'delete';

export interface Command {
  /** Why it is not possible now. */
  readonly reason: string | undefined;
  readonly pending: boolean;
  readonly run: () => void;
}

interface Options {
  readonly onDeleted?: (() => void) | undefined;
  /** What is asked about from the beginning. */
  readonly asking?: AskedAction;
}

/** Everything that can be done with a machine, with the reason where it cannot, and the questions. */
export function useVmCommands(vm: Vm, { onDeleted, asking: first }: Options = {}) {
  const { t, say } = useReader();
  const forbidden = useForbidden();
  const cannotRun = useCannotRun();
  const [asking, setAsking] = useState<AskedAction | undefined>(first);
  const client = useQueryClient();
  const [underWay, setUnderWay] = useState<readonly CommandName[]>([]);

  /** @param disks that go with a machine that is deleted */
  const run = async (name: CommandName, disks: readonly Disk[] = []) => {
    setUnderWay((names) => [...names, name]);
    const left = disksOf(client, vm);
    try {
      await actOnVm(client, vm.id, name);
    } catch (error) {
      toastError(t(FAILED_WORDS[name], { name: vm.name }), error);
      return;
    } finally {
      setUnderWay((names) => names.filter((other) => other !== name));
    }
    if (name !== 'delete') return;
    const failure = await deleteDisks(client, disks);
    if (failure !== undefined) {
      toastError(t('vms.diskNotDeleted', { name: failure.disk.name }), failure.error);
    }
    const deleted = t('vms.deleted', { name: vm.name });
    if (disks.length > 0) toast('success', deleted);
    else toastUndo(deleted, () => makeAgain(client, vm, left), t('vms.makeAgain'));
    onDeleted?.();
    focusMainIfLost();
  };

  const whyNot = (name: CommandName) => {
    const reason = reasonNot(vm.state, name);
    return reason && say(reason);
  };

  const command = (name: CommandName): Command => ({
    reason: forbidden ?? whyNot(name) ?? (name === 'start' ? cannotRun : undefined),
    pending: underWay.includes(name),
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
    confirm: (disks: readonly Disk[] = []) => {
      setAsking(undefined);
      // While the question stood there, the machine may have changed by itself.
      if (asking !== undefined && reasonNot(vm.state, asking) === undefined)
        void run(asking, disks);
    },
  };
}

export type VmCommands = ReturnType<typeof useVmCommands>;

function isAsked(name: CommandName): name is AskedAction {
  return name === 'stop' || name === 'reset' || name === 'delete';
}

/** As far as they were asked for, which the question before a machine is deleted does. */
function disksOf(client: QueryClient, vm: Vm): readonly Disk[] {
  const disks = client.getQueryData<readonly Disk[]>(keys.disks) ?? [];
  return disks.filter(({ vmId }) => vmId === vm.id);
}
