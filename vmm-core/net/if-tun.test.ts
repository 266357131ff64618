import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { TUN_FLAG, TUN_IOCTL } from './if-tun';

describe('the tap interface as this project writes it down', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'if-tun-'));
  afterAll(() => fs.rmSync(directory, { recursive: true }));

  it('has the numbers of the kernel', () => {
    const names = Object.entries({ ...TUN_IOCTL, ...TUN_FLAG });
    const source = path.join(directory, 'numbers.c');
    const binary = path.join(directory, 'numbers');
    fs.writeFileSync(
      source,
      [
        '#include <linux/if_tun.h>',
        '#include <stdio.h>',
        '#include <sys/ioctl.h>',
        'int main(void) {',
        ...names.map(([name]) => `printf("%lu\\n", (unsigned long)${name});`),
        'return 0; }',
      ].join('\n'),
    );
    execFileSync('gcc', ['-o', binary, source], { stdio: 'pipe' });
    const numbers = execFileSync(binary, { encoding: 'utf8' }).trim().split('\n').map(Number);
    expect(names).toEqual(names.map(([name], i) => [name, numbers[i]]));
  });
});
