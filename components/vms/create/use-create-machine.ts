'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import type { Output } from '@/server/api/client';
import type { Vm } from '@/server/api/vms';
import { request } from '../../api/client';
import { keys } from '../../api/keys';
import { useCreateVm } from '../../api/mutations';
import { actOnVm } from '../../api/vm-calls';
import { freeDiskName } from '../../disks/disk-name';
import { attachDisk, makeDisk } from '../../disks/make-disk';
import { useText } from '../../i18n/use-text';
import { toast } from '../../ui/toast';
import { toastError } from '../../ui/toast-error';
import { toVm } from '../form/vm-values';
import { consolePath, hardwarePath, vmPath } from '../vm-paths';
import type { CreateValues } from './create-values';
import { toDisk } from './disk-drafts';

/** Which of the two buttons is at work. */
export type Submission = 'create' | 'start';

/**
 * Makes the machine and its disks, starts it if that is wanted, and goes to its page. "Back" leads
 * past the form from there: what stands in it is made.
 */
export function useCreateMachine(onRefused: (error: unknown) => void) {
  const t = useText();
  const router = useRouter();
  const client = useQueryClient();
  const createVm = useCreateVm();
  const [pending, setPending] = useState<Submission>();
  // The state is known with the next drawing only, and a key can be pressed twice before that.
  const isUnderWay = useRef(false);

  /** The machine stays when one of its disks fails: its page is where to go on. */
  const giveDisks = async (vm: Vm, { disks }: CreateValues): Promise<boolean> => {
    try {
      for (const draft of disks) {
        const { items } = await request<Output<'listDisks'>>('GET', '/disks');
        const name = freeDiskName(
          vm.name,
          items.map((disk) => disk.name),
        );
        await attachDisk(await makeDisk(toDisk(draft, name)), vm.id);
      }
      return true;
    } catch (error) {
      toastError(t('create.disksFailed', { name: vm.name }), error);
      return false;
    } finally {
      void client.invalidateQueries({ queryKey: keys.disks });
    }
  };

  const create = async (values: CreateValues, wanted: Submission): Promise<void> => {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    setPending(wanted);
    const hasDisks = values.disks.length > 0;
    const start = wanted === 'start';
    let vm: Vm;
    try {
      vm = await createVm.mutateAsync({ ...toVm(values), start: start && !hasDisks });
    } catch (error) {
      isUnderWay.current = false;
      setPending(undefined);
      onRefused(error);
      return;
    }
    if (hasDisks && !(await giveDisks(vm, values))) {
      router.replace(hardwarePath(vm.id));
      return;
    }
    if (start && hasDisks) {
      await actOnVm(client, vm.id, 'start').catch((error: unknown) =>
        toastError(t('vms.startFailed', { name: vm.name }), error),
      );
    }
    if (!start) toast('success', t('create.created', { name: vm.name }));
    router.replace(start ? consolePath(vm.id) : vmPath(vm.id));
  };
  return { pending, create };
}
