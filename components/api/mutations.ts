import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FirstRun, SignIn } from '@/server/api/session';
import type { VmAction } from '@/server/api/vm-actions';
import type { CreateVm, Vm } from '@/server/api/vms';
import { dropVm, putImage, putVm } from './cache';
import { request } from './client';
import { keys } from './keys';
import { schemas } from './schemas';

export function useCreateVm() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (vm: CreateVm) => request('POST', '/vms', { schema: schemas.vm, body: vm }),
    onSuccess: (vm) => putVm(client, vm),
  });
}

/** What the API does by `POST …/{action}`. */
export type VmPostAction = Exclude<VmAction, 'delete' | 'openConsole'>;

function useVmAction(action: VmPostAction, id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationKey: [...keys.vm(id), action],
    mutationFn: () =>
      request('POST', `/vms/${encodeURIComponent(id)}/${action}`, { schema: schemas.vm }),
    onSuccess: (vm: Vm) => putVm(client, vm),
    // The machine is not what the page took it for.
    onError: () => client.invalidateQueries({ queryKey: keys.vms }),
  });
}

export const useStartVm = (id: string) => useVmAction('start', id);
export const usePauseVm = (id: string) => useVmAction('pause', id);
export const useResumeVm = (id: string) => useVmAction('resume', id);
export const useShutdownVm = (id: string) => useVmAction('shutdown', id);
export const useStopVm = (id: string) => useVmAction('stop', id);
export const useResetVm = (id: string) => useVmAction('reset', id);

export function useDeleteVm(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request('DELETE', `/vms/${encodeURIComponent(id)}`),
    onSuccess: () => dropVm(client, id),
    onError: () => client.invalidateQueries({ queryKey: keys.vms }),
  });
}

export function useBuildImage() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request('POST', '/images/default/build', { schema: schemas.image }),
    onSuccess: (image) => putImage(client, image),
  });
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SignIn) => request('POST', '/session', { schema: schemas.session, body }),
    onSuccess: (session) => client.setQueryData(keys.session, session),
  });
}

export function useFirstRun() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: FirstRun) =>
      request('POST', '/first-run', { schema: schemas.session, body }),
    onSuccess: (session) => client.setQueryData(keys.session, session),
  });
}

export function useSignOut() {
  return useMutation({ mutationFn: () => request('DELETE', '/session') });
}
