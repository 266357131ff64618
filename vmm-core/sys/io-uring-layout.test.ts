import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  IO_URING,
  IO_URING_CALL,
  IO_URING_CQE,
  IO_URING_PARAMS,
  IO_URING_PROBE,
  IO_URING_PROBE_OP,
  IO_URING_SQE,
} from './io-uring-layout';

const LAYOUTS = [IO_URING_PARAMS, IO_URING_SQE, IO_URING_CQE, IO_URING_PROBE, IO_URING_PROBE_OP];
const NUMBERS = { ...IO_URING, ...IO_URING_CALL };

/** A C program that prints what the compiler makes of the kernel's own header. */
function program(): string {
  const lines = [
    '#include <linux/io_uring.h>',
    '#include <asm/unistd.h>',
    '#include <stddef.h>',
    '#include <stdio.h>',
    'int main(void) {',
    ...LAYOUTS.flatMap(({ name, at }) => [
      `printf("size ${name} %zu\\n", sizeof(struct ${name}));`,
      ...Object.keys(at).map(
        (field) => `printf("at ${name}.${field} %zu\\n", offsetof(struct ${name}, ${field}));`,
      ),
    ]),
    ...Object.keys(NUMBERS).map((name) => `printf("number ${name} %lu\\n", (long)${name});`),
    'return 0; }',
  ];
  return lines.join('\n');
}

describe('the io_uring interface as this project writes it down', () => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'io-uring-header-'));
  const said = new Map<string, number>();

  beforeAll(() => {
    const source = path.join(directory, 'header.c');
    const binary = path.join(directory, 'header');
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

  it('numbers calls, operations and flags as the kernel does', () => {
    for (const [name, number] of Object.entries(NUMBERS)) {
      expect({ name, number }).toEqual({ name, number: said.get(`number ${name}`) });
    }
  });
});
