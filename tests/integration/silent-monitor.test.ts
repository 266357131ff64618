import { afterAll, beforeAll, expect, it } from 'vitest';
import { guest } from '../guests/assemble';
import { apiOf, uploadImage } from '../support/api';
import { TestConsole } from '../support/console';
import { describeWithKvm } from '../support/kvm';

/** A monitor has 5 s to answer, and is said to be silent after twice that. */
const SILENT_MS = 20_000;

describeWithKvm('a monitor that hangs', () => {
  let console: TestConsole;
  let hung: string;
  let other: string;
  let pid: number;

  beforeAll(async () => {
    console = await TestConsole.start();
    const kernelId = await uploadImage(await apiOf(console), 'kernel', 'echo', guest('echo'));
    const make = async (name: string) => {
      const config = { boot: { from: 'kernel', kernelId } } as const;
      const { id } = await console.createVm({ name, config, start: true });
      await console.untilState(id, 'running');
      return id;
    };
    [hung, other] = [await make('hung'), await make('other')];
    pid = console.monitors().get(hung) ?? 0;
    process.kill(pid, 'SIGSTOP');
  });
  afterAll(() => console?.remove());

  const ask = (method: string, path: string, body?: unknown) =>
    console.request(method, `/vms/${path}`, body);
  const untilSilent = (isSilent: boolean) =>
    expect
      .poll(async () => (await console.vm(hung)).silentSince !== null, { timeout: SILENT_MS })
      .toBe(isSilent);

  it('hinders nobody else, and who asks it is told so in seconds', async () => {
    const asked = ask('POST', `${hung}/pause`);
    const began = Date.now();
    await ask('POST', `${other}/pause`);
    await ask('POST', `${other}/resume`);
    expect((await console.vm(other)).state).toBe('running');
    expect(Date.now() - began).toBeLessThan(2000);
    expect(await console.printed(hung)).not.toBe('');
    expect(Date.now() - began).toBeLessThan(3000);
    expect(await asked).toMatchObject({ status: 503, body: { code: 'monitor-failed' } });
    await untilSilent(true);
  });

  it('keeps its machine when the console starts again, which starts no second one', async () => {
    await console.kill();
    await console.launch();
    expect(await console.vm(hung)).toMatchObject({
      state: 'running',
      silentSince: expect.any(String),
    });
    for (const [method, path] of [
      ['POST', `${hung}/start`],
      ['DELETE', hung],
    ] as const) {
      expect(await ask(method, path)).toMatchObject({ body: { code: 'wrong-state' } });
    }
    expect((await console.vm(other)).state).toBe('running');
  });

  it('is taken up again when it answers, and ended by a stop when it does not', async () => {
    process.kill(pid, 'SIGCONT');
    await untilSilent(false);
    // What it was asked for meanwhile, it does now.
    await console.untilState(hung, 'paused');
    expect((await ask('POST', `${hung}/resume`)).status).toBe(200);
    process.kill(pid, 'SIGSTOP');
    expect(await ask('POST', `${hung}/stop`)).toMatchObject({ body: { state: 'stopped' } });
    expect(console.monitors().has(hung)).toBe(false);
  });
});
