import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CAP, EXIT, FLAG, IOCTL } from './abi';
import { LAYOUTS } from './layout';

/** A C program that prints what the compiler makes of the kernel's own headers. */
function program(): string {
  const lines = [
    '#include <linux/kvm.h>',
    '#include <stddef.h>',
    '#include <stdio.h>',
    'int main(void) {',
    ...LAYOUTS.flatMap(({ name, at }) => [
      `printf("size ${name} %zu\\n", sizeof(struct ${name}));`,
      ...Object.keys(at).map(
        (field) => `printf("at ${name}.${field} %zu\\n", offsetof(struct ${name}, ${field}));`,
      ),
    ]),
    ...Object.keys({ ...IOCTL, ...CAP, ...EXIT, ...FLAG }).map(
      (name) => `printf("number ${name} %lu\\n", (unsigned long)${name});`,
    ),
    'return 0; }',
  ];
  return lines.join('\n');
}

describe('the KVM interface as this project writes it down', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'kvm-headers-'));
  const said = new Map<string, number>();

  beforeAll(() => {
    const source = path.join(directory, 'headers.c');
    const binary = path.join(directory, 'headers');
    fs.writeFileSync(source, program());
    execFileSync('gcc', ['-o', binary, source], { stdio: 'pipe' });
    for (const line of execFileSync(binary, { encoding: 'utf8' }).trim().split('\n')) {
      const [kind, name, value] = line.split(' ');
      said.set(`${kind} ${name}`, Number(value));
    }
  });
  afterAll(() => fs.rmSync(directory, { recursive: true }));

  it.each(LAYOUTS)('lays out struct $name as the kernel does', ({ name, size, at }) => {
    expect(size).toBe(said.get(`size ${name}`));
    for (const [field, offset] of Object.entries(at)) {
      expect({ field, offset }).toEqual({ field, offset: said.get(`at ${name}.${field}`) });
    }
  });

  it.each([
    ['ioctls', IOCTL],
    ['capabilities', CAP],
    ['exit reasons', EXIT],
    ['flags', FLAG],
  ])('numbers the %s as the kernel does', (_kind, numbers) => {
    for (const [name, number] of Object.entries(numbers)) {
      expect({ name, number }).toEqual({ name, number: said.get(`number ${name}`) });
    }
  });
});
