import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { findDefaultImage } from '../../server/images/default/build';
import { writeCpio } from '../../server/images/default/cpio';
import type { DefaultImage } from '../../server/images/default/image-store';
import type { MachineConfig } from '../../vmm-core/machine/config';
import { MonitorClient } from '../../vmm-core/monitor/client';
import { type LaunchedMonitor, launchMonitor } from '../../vmm-core/monitor/launch';
import { type MachineStatus, RUN_FILES } from '../../vmm-core/monitor/protocol';
import { MONITOR_BUNDLE } from './machine';

const MiB = 2 ** 20;
const PROMPT = /# $/;
const BOOT_MS = 120_000;
const PROGRAMS = path.resolve(import.meta.dirname, '../guests/linux');

export interface LinuxOptions {
  readonly vcpus?: number;
  readonly memoryMiB?: number;
  /** Words behind the image's own. */
  readonly cmdline?: string;
  /** Devices and all else. */
  readonly config?: Partial<MachineConfig>;
}

/** The default image, booted, with the test programs of tests/guests/linux in /tests. */
export class Linux {
  private constructor(
    readonly monitor: LaunchedMonitor,
    readonly client: MonitorClient,
    private readonly directory: string,
  ) {}

  /** Starts it; untilPrompt() waits for the shell. */
  static async start(options: LinuxOptions = {}): Promise<Linux> {
    const image = await defaultImage();
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'vd-linux-'));
    const runDir = path.join(directory, 'run');
    fs.mkdirSync(runDir);
    const initrd = path.join(directory, 'initrd');
    fs.writeFileSync(
      initrd,
      Buffer.concat([fs.readFileSync(image.initrd), testPrograms(directory)]),
    );
    const monitor = await launchMonitor(MONITOR_BUNDLE, runDir);
    const client = new MonitorClient(path.join(runDir, RUN_FILES.socket));
    const linux = new Linux(monitor, client, directory);
    try {
      await client.configure({
        id: 'linux',
        vcpus: options.vcpus ?? 1,
        memoryBytes: (options.memoryMiB ?? 128) * MiB,
        debugExit: false,
        ...options.config,
        boot: {
          kernel: image.kernel,
          initrd,
          cmdline: `${image.cmdline} ${options.cmdline ?? ''}`.trim(),
        },
      });
      await client.act('start');
      return linux;
    } catch (error) {
      // One that is refused leaves nothing behind.
      linux.remove();
      throw error;
    }
  }

  /** Without colours and questions to the terminal. */
  async console(): Promise<string> {
    return stripVTControlCharacters((await this.client.consoleLog()).toString('utf8'));
  }

  async untilPrompt(from = 0): Promise<void> {
    await this.until((text) => PROMPT.test(text), from, BOOT_MS);
  }

  /** Types a command. @returns what it printed, without the echo and the next prompt */
  async run(command: string, timeoutMs = 30_000): Promise<string> {
    const before = (await this.console()).length;
    await this.client.sendInput(`${command}\n`);
    const printed = await this.until(
      (text) => text.includes('\n') && PROMPT.test(text),
      before,
      timeoutMs,
    );
    const lines = printed.replaceAll('\r', '').split('\n');
    return lines.slice(1, -1).join('\n');
  }

  private async until(
    done: (text: string) => boolean,
    from: number,
    timeoutMs: number,
  ): Promise<string> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const text = (await this.console()).slice(from);
      if (done(text)) return text;
      if (Date.now() > deadline) {
        throw new Error(`not within ${timeoutMs} ms; the console ends: ${text.slice(-1500)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Resolves with the first status that satisfies `wanted`. */
  async untilStatus(
    wanted: (status: MachineStatus) => boolean,
    timeoutMs = 60_000,
  ): Promise<MachineStatus> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const status = await this.client.status();
      if (wanted(status)) return status;
      if (Date.now() > deadline) throw new Error(`the machine is still ${status.state}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  remove(): void {
    this.monitor.process.kill('SIGKILL');
    fs.rmSync(this.directory, { recursive: true, force: true });
  }
}

async function defaultImage(): Promise<DefaultImage> {
  const directory = process.env['VIRTDECK_IMAGES'];
  const image = directory === undefined ? undefined : await findDefaultImage(directory);
  if (image === undefined) {
    throw new Error('No default image in VIRTDECK_IMAGES: `npm test` builds one and sets it.');
  }
  return image;
}

/** An archive the kernel unpacks over the image's own. */
function testPrograms(directory: string): Uint8Array {
  const sources = fs.readdirSync(PROGRAMS).filter((file) => file.endsWith('.c'));
  const entries = sources.map((source) => {
    const name = path.basename(source, '.c');
    const program = path.join(directory, name);
    const flags = [
      '-O1',
      '-static',
      '-nostdlib',
      '-mavx2',
      '-fno-stack-protector',
      '-ffreestanding',
    ];
    execFileSync('gcc', [...flags, '-o', program, path.join(PROGRAMS, source)], { stdio: 'pipe' });
    const content = fs.readFileSync(program);
    return { kind: 'file', path: `tests/${name}`, mode: 0o755, content } as const;
  });
  return writeCpio([{ kind: 'directory', path: 'tests', mode: 0o755 }, ...entries]);
}
