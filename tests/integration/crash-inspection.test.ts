import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Inspector } from '../crash/inspection';
import { Ledger } from '../crash/ledger';
import { guest } from '../guests/assemble';
import { apiOf, untilDone, uploadImage } from '../support/api';
import { TestConsole } from '../support/console';
import { describeWithKvm } from '../support/kvm';

const CONTENT_BYTES = 64 * 1024;

/** A judge that finds nothing proves nothing: each kind of damage is done here, and found. */
describeWithKvm('who inspects a console after a crash', () => {
  const content = randomBytes(CONTENT_BYTES);
  const ledger = new Ledger();
  let console: TestConsole;
  let inspector: Inspector;
  let image: string;
  let disk: string;
  let vmId: string;

  const data = (...names: string[]) => path.join(console.directory, 'data', ...names);
  const faults = () => inspector.inspect();

  beforeAll(async () => {
    console = await TestConsole.start();
    const api = await apiOf(console);
    const file = path.join(console.directory, 'content');
    writeFileSync(file, content);
    const kernelId = await uploadImage(api, 'kernel', 'kernel', guest('halt'));
    const imageId = await uploadImage(api, 'disk', 'image', file);
    const order = { from: 'image', name: 'disk', imageId } as const;
    await untilDone(api, (await api.call('createDisk', { body: order })).id);
    const [made] = (await api.call('listDisks', {})).items;
    const config = { boot: { from: 'kernel' as const, kernelId } };
    const vm = await api.call('createVm', { body: { name: 'web', config } });
    vmId = vm.id;
    await api.call('attachDisk', { id: made?.id ?? '', body: { vmId } });
    await api.call('startVm', { id: vmId });
    await console.untilState(vmId, 'running');
    image = data('images', imageId);
    disk = data('disks', `${made?.id}.raw`);
    ledger.machines.add('web');
    ledger.running.add('web');
    ledger.attached.set('disk', 'web');
    ledger.contents.set('image', content).set('disk', content);
    inspector = new Inspector(console, ledger);
  });
  afterAll(() => console?.remove());

  it('finds nothing where all is well', async () => {
    expect(await faults()).toEqual([]);
  });

  it('finds a file of nothing, and one where none belongs', async () => {
    const strangers = [data('images', randomUUID()), data('disks', 'x.part'), data('notes.txt')];
    for (const file of strangers) writeFileSync(file, 'x');
    expect(await faults()).toHaveLength(strangers.length);
    for (const file of strangers) rmSync(file);
  });

  it('finds that a file is gone, and that one is not what it was', async () => {
    renameSync(image, `${image}.away`);
    expect(await faults()).toEqual(['the file of image is not there']);
    renameSync(`${image}.away`, image);
    const changed = readFileSync(disk);
    changed[CONTENT_BYTES / 2] = (changed[CONTENT_BYTES / 2] ?? 0) ^ 1;
    writeFileSync(disk, changed);
    expect(await faults()).toEqual(['disk holds something else than was put into it']);
    writeFileSync(disk, content);
  });

  it('finds what was promised and is not so', async () => {
    ledger.machines.add('lost');
    ledger.users.add('ada');
    ledger.notes.set('web', 'never written');
    ledger.attached.set('disk', 'another');
    ledger.setting.ask(7);
    ledger.setting.answer(7);
    expect(await faults()).toEqual([
      'lost is lost',
      'web has lost its notes',
      'disk is attached to web',
      'the user ada is lost',
      expect.stringMatching(/^a setting went back to \d+$/),
    ]);
    ledger.machines.delete('lost');
    ledger.users.clear();
    ledger.notes.clear();
    ledger.attached.set('disk', 'web');
    expect(await faults()).toEqual([]);
  });

  it('finds a machine that nobody made, and one that died', async () => {
    ledger.machines.delete('web');
    expect(await faults()).toEqual(['web came back']);
    ledger.machines.add('web');
    process.kill(console.monitors().get(vmId) ?? 0, 'SIGKILL');
    await console.untilState(vmId, 'crashed');
    expect(await faults()).toEqual(['web is said to have crashed', 'web ran and is crashed']);
  });

  it('finds what is left at the end', async () => {
    expect(await inspector.clearUp()).toEqual(
      expect.arrayContaining(['web is left', 'disk is left', 'image is left', 'kernel is left']),
    );
  });
});
