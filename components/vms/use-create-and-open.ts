'use client';

import { useRouter } from 'next/navigation';
import { useCreateVm } from '../api/mutations';
import { consolePath } from './vm-paths';

/** Creates a machine, starts it and goes to its console. */
export function useCreateAndOpen() {
  const router = useRouter();
  const { mutateAsync, isPending, isSuccess, error } = useCreateVm();
  return {
    /** Still pending while the machine's page is on its way. */
    pending: isPending || isSuccess,
    error,
    createAndOpen: async (name: string) => {
      // The promise and not the callbacks of `mutate`: the first machine in the list takes the
      // empty state away, and its callbacks with it.
      const vm = await mutateAsync({ name, start: true }).catch(() => undefined);
      if (vm !== undefined) router.push(consolePath(vm.id));
    },
  };
}
