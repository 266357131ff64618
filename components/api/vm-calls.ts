import type { QueryClient } from '@tanstack/react-query';
import type { Output } from '@/server/api/client';
import type { VmAction } from '@/server/api/vm-actions';
import type { Vm, VmState } from '@/server/api/vms';
import { dropVm, expectState, putVm } from './cache';
import { request } from './client';
import { keys } from './keys';

/** What the API does by `POST …/{action}`. */
export type VmPostAction = Exclude<VmAction, 'delete' | 'openConsole'>;

/** Where it is sure what comes first, it is shown at once, and not when the answer is there. */
const EXPECTED: Partial<Record<VmPostAction | 'delete', VmState>> = {
  start: 'starting',
  stop: 'stopping',
};

/** Does something with a machine, and keeps what the pages know of it true. @throws ApiError */
export async function actOnVm(
  client: QueryClient,
  id: string,
  action: VmPostAction | 'delete',
): Promise<void> {
  const path = `/vms/${encodeURIComponent(id)}`;
  const expected = EXPECTED[action];
  const putBack = expected === undefined ? () => {} : expectState(client, id, expected);
  try {
    if (action === 'delete') {
      await request('DELETE', path);
      dropVm(client, id);
      return;
    }
    const vm: Vm = await request<Output<'getVm'>>('POST', `${path}/${action}`);
    putVm(client, vm);
  } catch (error) {
    putBack();
    // The machine is not what the page took it for.
    void client.invalidateQueries({ queryKey: keys.vms });
    throw error;
  }
}
