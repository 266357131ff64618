import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Output } from '@/server/api/client';
import type { FirstRun, SignIn } from '@/server/api/session';
import type { CreateVm } from '@/server/api/vms';
import { putImage, putVm } from './cache';
import { request } from './client';
import { keys } from './keys';
import { retryUnreached } from './query-client';

export function useCreateVm() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (vm: CreateVm) =>
      request<Output<'getVm'>>('POST', '/vms', { body: vm, creates: true }),
    retry: retryUnreached,
    onSuccess: (vm) => putVm(client, vm),
  });
}

export function useBuildImage() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request<Output<'buildDefaultImage'>>('POST', '/images/default/build'),
    onSuccess: (image) => putImage(client, image),
  });
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SignIn) => request<Output<'getSession'>>('POST', '/session', { body }),
    onSuccess: (session) => client.setQueryData(keys.session, session),
  });
}

export function useFirstRun() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: FirstRun) => request<Output<'getSession'>>('POST', '/first-run', { body }),
    onSuccess: (session) => client.setQueryData(keys.session, session),
  });
}

export function useSignOut() {
  return useMutation({ mutationFn: () => request('DELETE', '/session') });
}
