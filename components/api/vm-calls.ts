import type { QueryClient } from '@tanstack/react-query';
import type { Output } from '@/server/api/client';
import type { VmAction } from '@/server/api/vm-actions';
import type { Vm, VmState } from '@/server/api/vms';
import { dropVm, expectState, putVm } from './cache';
import { request } from './client';
import { keys } from './keys';

/** What the API does by `POST …/{action}`. */
export type VmPostAction = Exclude<VmAction, 'delete' | 'openConsole'>;

/** What a machine is on its way to once it is asked; shown before the answer is there. */
const EXPECTED: Readonly<Record<VmPostAction, VmState | undefined>> = {
  start: 'starting',
  pause: 'paused',
  resume: 'running',
  shutdown: 'stopping',
  stop: 'stopping',
  // It runs before and after.
  reset: undefined,
};

/** Does something with a machine, and keeps what the pages know of it true. @throws ApiError */
export async function actOnVm(
  client: QueryClient,
  id: string,
  action: VmPostAction | 'delete',
): Promise<void> {
  const path = `/vms/${encodeURIComponent(id)}`;
  // A machine that is deleted stays in sight until it is gone: that cannot be taken back.
  const expected = action === 'delete' ? undefined : EXPECTED[action];
  const takeBack = expected === undefined ? undefined : expectState(client, id, expected);
  try {
    if (action === 'delete') {
      await request('DELETE', path);
      dropVm(client, id);
      return;
    }
    const vm: Vm = await request<Output<'getVm'>>('POST', `${path}/${action}`);
    putVm(client, vm);
  } catch (error) {
    takeBack?.();
    // The machine is not what the page took it for.
    void client.invalidateQueries({ queryKey: keys.vms });
    throw error;
  }
}
