import type { Output } from '@/server/api/client';
import type { CreateDisk } from '@/server/api/disks';
import { request } from '../api/client';
import { untilTaskEnds } from '../tasks/until-task-ends';

/** @returns the id of the new disk, once it can be attached. @throws ApiError */
export async function makeDisk(body: CreateDisk): Promise<string> {
  if (body.from === 'empty') {
    return (await request<Output<'getDisk'>>('POST', '/disks', { body })).id;
  }
  const task = await request<Output<'getTask'>>('POST', '/disks', { body });
  return (await untilTaskEnds(task)).resource.id;
}

/** @throws ApiError */
export async function attachDisk(diskId: string, vmId: string): Promise<void> {
  await request('POST', `/disks/${encodeURIComponent(diskId)}/attach`, { body: { vmId } });
}
