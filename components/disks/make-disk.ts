import type { Output } from '@/server/api/client';
import type { CreateDisk } from '@/server/api/disks';
import { bodies } from '../api/bodies';
import { request } from '../api/client';
import { untilTaskEnds } from '../tasks/until-task-ends';

/** @returns the id of the new disk, once it can be attached. @throws ApiError */
export async function makeDisk(body: CreateDisk): Promise<string> {
  const sent = { body, bodySchema: bodies.disk, creates: true };
  if (body.from === 'empty') {
    return (await request<Output<'getDisk'>>('POST', '/disks', { ...sent })).id;
  }
  const task = await request<Output<'getTask'>>('POST', '/disks', { ...sent });
  return (await untilTaskEnds(task)).resource.id;
}

/**
 * @param position among the disks of the machine; the first free one when it is left out
 * @throws ApiError
 */
export async function attachDisk(
  diskId: string,
  vmId: string,
  position: number | null = null,
): Promise<void> {
  const body = { vmId, ...(position === null ? {} : { position }) };
  await request('POST', `/disks/${encodeURIComponent(diskId)}/attach`, { body });
}
