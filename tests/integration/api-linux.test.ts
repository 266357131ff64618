import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiClient, ApiError } from '../../server/api/client';
import type { Disk } from '../../server/api/disks';
import { apiOf, untilDone, uploadImage } from '../support/api';
import { type ConsoleViewer, TestConsole } from '../support/console';
import { describeWithKvm } from '../support/kvm';

const DISK_BYTES = 2 * 1024 * 1024;

describeWithKvm('a Linux that is run over the API alone', () => {
  const content = randomBytes(DISK_BYTES);
  let console: TestConsole;
  let api: ApiClient;
  let id: string;
  let disk: Disk;
  let viewer: ConsoleViewer;

  beforeAll(async () => {
    console = await TestConsole.start();
    api = await apiOf(console);
    const file = path.join(console.directory, 'content.raw');
    writeFileSync(file, content);
    const imageId = await uploadImage(api, 'disk', 'content', file);
    const order = { from: 'image', name: 'data', imageId } as const;
    await untilDone(api, (await api.call('createDisk', { body: order })).id);
    disk = (await api.call('listDisks', {})).items[0] as Disk;
    id = (await api.call('createVm', { body: { name: 'linux' } })).id;
    await api.call('attachDisk', { id: disk.id, body: { vmId: id } });
    await api.call('startVm', { id });
  });
  afterAll(() => console?.remove());

  it('boots the default image and sees the bytes of its disk', async () => {
    await console.untilState(id, 'running');
    viewer = await console.openConsole(id);
    await viewer.untilShown(/# $/);
    viewer.type('sha256sum /dev/vda; printf virtdeck | dd of=/dev/vda conv=notrunc; sync\n');
    const digest = createHash('sha256').update(content).digest('hex');
    await viewer.untilShown(new RegExp(`${digest}[^]*records out[^]*# $`));
  });

  it('shuts down when it is asked to, and what it wrote is on its disk', async () => {
    // The first shell sets the power button up behind its prompt.
    viewer.type('while ! pidof acpid; do sleep 0.1; done; echo ready $((6 * 7))\n');
    await viewer.untilShown(/ready 42/);
    await api.call('shutdownVm', { id });
    await console.untilState(id, 'stopped');
    const written = readFileSync(path.join(console.directory, 'data/disks', `${disk.id}.raw`));
    expect(written.subarray(0, 8).toString()).toBe('virtdeck');
    expect(written.subarray(8).equals(content.subarray(8))).toBe(true);
    const again = await api.call('shutdownVm', { id }).catch((error: unknown) => error);
    expect(again).toBeInstanceOf(ApiError);
    expect((again as ApiError).problem.code).toBe('wrong-state');
  });

  it('leaves its disk behind when it is deleted', async () => {
    viewer.socket.close();
    await api.call('deleteVm', { id });
    expect(await api.call('getDisk', { id: disk.id })).toMatchObject({ vmId: null });
  });
});
