import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { MonitorClient } from './monitor/client';
import { launchMonitor } from './monitor/launch';
import { RUN_FILES } from './monitor/protocol';
import { MonitorRefusal } from './monitor/transport';

/** Boots a kernel in this terminal: the monitor without the console around it. */
const USAGE = `usage: npm run vmm -- --kernel FILE [options]
  --initrd FILE      an initial RAM disk
  --cmdline TEXT     the kernel's command line (console=ttyS0)
  --memory MIB       memory in MiB (128)
  --vcpus N          virtual CPUs (1)
  --debug-exit       port 0xF4 ends the machine with a code
Ctrl-] ends it.`;

const ESCAPE = 0x1d;
const BUNDLE = path.join(import.meta.dirname, '../dist/monitor.cjs');
const EXIT_USAGE = 64;
const EXIT_CRASHED = 1;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      kernel: { type: 'string' },
      initrd: { type: 'string' },
      cmdline: { type: 'string', default: 'console=ttyS0' },
      memory: { type: 'string', default: '128' },
      vcpus: { type: 'string', default: '1' },
      'debug-exit': { type: 'boolean', default: false },
    },
  });
  if (values.kernel === undefined) throw new Error('which kernel?');

  const runDir = fs.mkdtempSync(path.join(os.tmpdir(), 'vmm-'));
  try {
    const monitor = await launchMonitor(BUNDLE, runDir);
    const client = new MonitorClient(path.join(runDir, RUN_FILES.socket));
    try {
      await client.configure({
        id: 'terminal',
        vcpus: Number(values.vcpus),
        memoryBytes: Number(values.memory) * 2 ** 20,
        debugExit: values['debug-exit'],
        boot: {
          kernel: path.resolve(values.kernel),
          ...(values.initrd === undefined ? {} : { initrd: path.resolve(values.initrd) }),
          cmdline: values.cmdline,
        },
      });
      await client.act('start');
      return await attach(client);
    } finally {
      monitor.process.kill('SIGKILL');
    }
  } finally {
    fs.rmSync(runDir, { recursive: true, force: true });
  }
}

/** Connects terminal and console. @returns the exit code, once the machine has ended */
async function attach(client: MonitorClient): Promise<number> {
  const { stdin, stdout } = process;
  const type = await client.attach(0, (bytes) => void stdout.write(bytes));
  if (stdin.isTTY) stdin.setRawMode(true);
  try {
    return await new Promise((resolve) => {
      stdin.on('data', (bytes: Buffer) => {
        if (stdin.isTTY && bytes.includes(ESCAPE)) resolve(0);
        else type(bytes);
      });
      client.watch(
        (status) => {
          if (status.state === 'stopped') resolve(status.ended?.code ?? 0);
          if (status.state !== 'crashed') return;
          process.stderr.write(`\r\n${status.crash?.message}\r\n${status.crash?.hint}\r\n`);
          resolve(EXIT_CRASHED);
        },
        () => resolve(EXIT_CRASHED),
      );
    });
  } finally {
    if (stdin.isTTY) stdin.setRawMode(false);
  }
}

main().then(
  // What was printed last is still on its way from the monitor.
  (code) => setTimeout(() => process.exit(code), 20),
  (error: unknown) => {
    const hint = error instanceof MonitorRefusal ? `\n${error.problem.hint}` : '';
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `${message}${hint}\n${error instanceof MonitorRefusal ? '' : `${USAGE}\n`}`,
    );
    process.exit(EXIT_USAGE);
  },
);
