import type { QueryClient } from '@tanstack/react-query';
import type { Output } from '@/server/api/client';
import type { Disk } from '@/server/api/disks';
import type { Vm } from '@/server/api/vms';
import { putVm } from '../api/cache';
import { request } from '../api/client';
import { keys } from '../api/keys';
import { attachDisk } from '../disks/make-disk';

/**
 * A machine like one that was deleted, with the disks it left. What it printed and what was measured
 * of it is gone.
 * @throws ApiError
 */
export async function makeAgain(
  client: QueryClient,
  { name, notes, tags, config }: Vm,
  disks: readonly Disk[],
): Promise<void> {
  const made = await request<Output<'getVm'>>('POST', '/vms', {
    body: { name, notes, tags, config },
    creates: true,
  });
  putVm(client, made);
  try {
    for (const { id, position } of disks) await attachDisk(id, made.id, position);
  } finally {
    void client.invalidateQueries({ queryKey: keys.disks });
  }
}
