import type { QueryClient } from '@tanstack/react-query';
import type { Output } from '@/server/api/client';
import type { VmAction } from '@/server/api/vm-actions';
import type { Vm } from '@/server/api/vms';
import { dropVm, putVm } from './cache';
import { request } from './client';
import { keys } from './keys';

/** What the API does by `POST …/{action}`. */
export type VmPostAction = Exclude<VmAction, 'delete' | 'openConsole'>;

/** Does something with a machine, and keeps what the pages know of it true. @throws ApiError */
export async function actOnVm(
  client: QueryClient,
  id: string,
  action: VmPostAction | 'delete',
): Promise<void> {
  const path = `/vms/${encodeURIComponent(id)}`;
  try {
    if (action === 'delete') {
      await request('DELETE', path);
      dropVm(client, id);
      return;
    }
    const vm: Vm = await request<Output<'getVm'>>('POST', `${path}/${action}`);
    putVm(client, vm);
  } catch (error) {
    // The machine is not what the page took it for.
    void client.invalidateQueries({ queryKey: keys.vms });
    throw error;
  }
}
