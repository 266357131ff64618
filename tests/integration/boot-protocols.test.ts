import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { guest } from '../guests/assemble';
import { describeWithKvm } from '../support/kvm';
import { runPayload } from '../support/machine';

const MiB = 2 ** 20;

describeWithKvm('a kernel is booted by the protocol it is made for', () => {
  it('multiboot, with command line, initrd and modules', async () => {
    const { code, monitor } = await runPayload('multiboot', {
      boot: {
        kernel: guest('multiboot'),
        cmdline: 'root=/dev/nothing quiet',
        initrd: file('initial files'),
        modules: [
          { path: file('a driver'), cmdline: 'driver.ko debug=1' },
          { path: file('a page and more'.padEnd(5000, '.')), cmdline: '' },
        ],
      },
    });
    expect(code).toBe(0);
    expect((await monitor.client.consoleLog()).toString()).toBe(
      [
        'root=/dev/nothing quiet',
        '=initial files',
        'driver.ko debug=1=a driver',
        `=${'a page and more'.padEnd(5000, '.')}`,
        'virtdeck',
      ].join('|'),
    );
  });

  it('the 64-bit protocol of Linux, with command line and initrd', async () => {
    const { code, monitor } = await runPayload('bzimage', {
      boot: {
        kernel: guest('bzimage'),
        cmdline: 'root=/dev/nothing quiet',
        initrd: file('initial files'),
      },
    });
    expect(code).toBe(0);
    // The host's own words may follow the configured ones.
    expect((await monitor.client.consoleLog()).toString()).toMatch(
      /^root=\/dev\/nothing quiet( .*)?\|initial files$/,
    );
  });

  it.each(['multiboot', 'bzimage'])('%s, in little memory and in much', async (payload) => {
    const boot = { kernel: guest(payload), cmdline: '' };
    expect((await runPayload(payload, { boot, memoryBytes: 4 * MiB })).code).toBe(0);
    expect((await runPayload(payload, { boot, memoryBytes: 5 * 1024 * MiB })).code).toBe(0);
  });
});

function file(contents: string): string {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'module-'));
  onTestFinished(() => fs.rmSync(directory, { recursive: true }));
  const at = path.join(directory, 'file');
  fs.writeFileSync(at, contents);
  return at;
}
