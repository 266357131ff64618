import type { QueryClient } from '@tanstack/react-query';
import type { Disk } from '@/server/api/disks';
import { request } from '../api/client';
import { keys } from '../api/keys';

/**
 * Deletes disks that are attached to nothing, and goes on after one that fails.
 * @returns the first failure, with the disk it is about
 */
export async function deleteDisks(
  client: QueryClient,
  disks: readonly Disk[],
): Promise<{ readonly disk: Disk; readonly error: unknown } | undefined> {
  let failure: { disk: Disk; error: unknown } | undefined;
  for (const disk of disks) {
    try {
      await request('DELETE', `/disks/${encodeURIComponent(disk.id)}`);
    } catch (error) {
      failure ??= { disk, error };
    }
  }
  void client.invalidateQueries({ queryKey: keys.disks });
  return failure;
}
