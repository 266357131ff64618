'use client';

import { useRouter } from 'next/navigation';
import { useCreateVm } from '../api/mutations';
import { consolePath } from './vm-paths';

/** Creates a machine, starts it and goes to its console. */
export function useCreateAndOpen() {
  const router = useRouter();
  const { mutate, isPending, isSuccess, error } = useCreateVm();
  return {
    /** Still pending while the machine's page is on its way. */
    pending: isPending || isSuccess,
    error,
    createAndOpen: (name: string) =>
      mutate({ name, start: true }, { onSuccess: (vm) => router.push(consolePath(vm.id)) }),
  };
}
