import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FirstRun, SignIn } from '@/server/api/session';
import type { CreateVm } from '@/server/api/vms';
import { putImage, putVm } from './cache';
import { request } from './client';
import { keys } from './keys';
import { retryUnreached } from './query-client';
import { schemas } from './schemas';

export function useCreateVm() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (vm: CreateVm) =>
      request('POST', '/vms', { schema: schemas.vm, body: vm, creates: true }),
    retry: retryUnreached,
    onSuccess: (vm) => putVm(client, vm),
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
