import { expect, it } from 'vitest';
import { describeWithKvm } from '../support/kvm';
import { runPayload, startPayload } from '../support/machine';

describeWithKvm('a guest', () => {
  it('prints to the console and ends with a code', async () => {
    const { code, monitor } = await runPayload('hello');
    expect(code).toBe(7);
    expect((await monitor.client.consoleLog()).toString()).toBe('hello from the guest\r\n');
  });

  it('reads the clock of this century', async () => {
    const { code, monitor } = await runPayload('clock');
    expect(code).toBe(0);
    const year = new Date().getUTCFullYear().toString();
    expect((await monitor.client.consoleLog()).toString()).toBe(year);
  });

  it('sees ones where no device is, by port and by memory', async () => {
    expect((await runPayload('open-bus')).code).toBe(0);
  });

  it('gets every byte a person types, in order, and none twice', async () => {
    const monitor = await startPayload('echo');
    await monitor.untilPrinted('>');
    const typed = 'Zażółć gęślą jaźń 世界 🙂 '.repeat(100);
    await monitor.client.sendInput(typed);
    await monitor.client.sendInput('\0');
    await monitor.untilState('stopped');
    expect((await monitor.client.consoleLog()).toString()).toBe(`>${typed}`);
    expect((await monitor.client.metrics()).console.inputBytes).toBe(Buffer.byteLength(typed) + 1);
  });

  it('runs with several vCPUs, of which all but the first wait to be started', async () => {
    const monitor = await startPayload('halt', { vcpus: 4 });
    await monitor.untilPrinted('!');
    const { vcpus } = await monitor.client.metrics();
    expect(vcpus.map((vcpu) => vcpu.exits['io'] ?? 0)).toEqual([1, 0, 0, 0]);
    expect((await monitor.client.act('stop')).state).toBe('stopped');
  });

  it('runs with memory above the hole under 4 GiB, and touches little of it', async () => {
    const { monitor } = await runPayload('hello', { memoryBytes: 5 * 2 ** 30 });
    expect((await monitor.client.metrics()).memory.sizeBytes).toBe(5 * 2 ** 30);
  });
});

describeWithKvm('what kernels need of a host, whether it has it or the monitor adds it', () => {
  it('SYSCALL and SYSRET change privilege, stack and flags as the manual says', async () => {
    expect((await runPayload('syscall')).code).toBe(0);
  });

  it('instructions of kernel mode do what the manual says', async () => {
    expect((await runPayload('instructions')).code).toBe(0);
  });

  it('XSAVE and XRSTOR keep the AVX registers of two programs apart', async () => {
    expect((await runPayload('xsave')).code).toBe(0);
  });
});
