import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { ApiClient } from '../../../server/api/client';
import { assembleGuests, guest } from '../../guests/assemble';
import { apiOf, uploadImage } from '../../support/api';
import { TestConsole } from '../../support/console';
import { BenchError } from './bench';
import type { Cleanup } from './cleanup';

const ROOT = path.join(import.meta.dirname, '../../..');

export interface BenchConsole {
  readonly console: TestConsole;
  readonly api: ApiClient;
  /** By their names, ids of images of payloads. */
  readonly kernels: ReadonlyMap<string, string>;
}

/** The console as it is shipped, with payloads as images. The caller removes it. */
export async function startBenchConsole(
  cleanup: Cleanup,
  payloads: readonly string[],
): Promise<BenchConsole> {
  assembleGuests();
  const build = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: ROOT, encoding: 'utf8' });
  if (build.status !== 0) throw new BenchError(`the console could not be built: ${build.stderr}`);
  // Payloads boot: the default image is not needed.
  process.env['VIRTDECK_IMAGES'] ??= cleanup.directory();
  const console = await TestConsole.start();
  try {
    const api = await apiOf(console);
    const kernels = new Map<string, string>();
    for (const name of payloads) {
      kernels.set(name, await uploadImage(api, 'kernel', name, guest(name)));
    }
    return { console, api, kernels };
  } catch (error) {
    await console.remove();
    throw error;
  }
}

/** @returns the id of a machine that boots a payload */
export async function createPayloadVm(
  { api, kernels }: BenchConsole,
  payload: string,
  name: string,
  memoryMiB: number,
): Promise<string> {
  const kernelId = kernels.get(payload);
  if (kernelId === undefined) throw new BenchError(`no image of the payload ${payload}`);
  // Small pages are a memfd, which can be told from the monitor's own memory.
  const memory = { bytes: memoryMiB * 1024 * 1024, pages: 'small' } as const;
  const config = { boot: { from: 'kernel', kernelId }, memory } as const;
  return (await api.call('createVm', { body: { name, config } })).id;
}
