import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { MachineConfig } from '../../vmm-core/machine/config';
import { MonitorClient } from '../../vmm-core/monitor/client';
import { type LaunchedMonitor, launchMonitor } from '../../vmm-core/monitor/launch';
import { type MachineState, type MachineStatus, RUN_FILES } from '../../vmm-core/monitor/protocol';
import { guest } from '../guests/assemble';

export const MONITOR_BUNDLE = path.resolve(import.meta.dirname, '../../dist/monitor.cjs');
const MiB = 2 ** 20;

/** A monitor of its own for one test; gone, with all it made, when the test is over. */
export class TestMonitor {
  readonly client: MonitorClient;

  private constructor(readonly launched: LaunchedMonitor) {
    this.client = new MonitorClient(this.file('socket'));
  }

  static async launch(): Promise<TestMonitor> {
    const runDir = fs.mkdtempSync(path.join(os.tmpdir(), 'vd-'));
    const monitor = new TestMonitor(await launchMonitor(MONITOR_BUNDLE, runDir));
    onTestFinished(() => monitor.remove());
    return monitor;
  }

  get pid(): number {
    return this.launched.process.pid ?? 0;
  }

  file(name: keyof typeof RUN_FILES): string {
    return path.join(this.launched.runDir, RUN_FILES[name]);
  }

  /** @param payload the name of a payload kernel of tests/guests */
  async configure(payload: string, changes: Partial<MachineConfig> = {}): Promise<void> {
    await this.client.configure({
      id: 'test',
      vcpus: 1,
      memoryBytes: 16 * MiB,
      debugExit: true,
      boot: { kernel: guest(payload), cmdline: '' },
      ...changes,
    });
  }

  /** Resolves with the first status that satisfies `wanted`. */
  until(wanted: (status: MachineStatus) => boolean, timeoutMs = 20_000): Promise<MachineStatus> {
    return new Promise((resolve, reject) => {
      let last: MachineStatus | undefined;
      const fail = (why: string): void =>
        reject(new Error(`${why}; last seen: ${JSON.stringify(last)}`));
      const timer = setTimeout(() => {
        stop();
        fail(`not within ${timeoutMs} ms`);
      }, timeoutMs);
      const stop = this.client.watch(
        (status) => {
          last = status;
          if (!wanted(status)) return;
          clearTimeout(timer);
          stop();
          resolve(status);
        },
        () => {
          clearTimeout(timer);
          fail('the monitor is gone');
        },
      );
    });
  }

  untilState(state: MachineState): Promise<MachineStatus> {
    return this.until((status) => status.state === state && status.boots > 0);
  }

  /** Resolves once the console shows `text`. */
  async untilPrinted(text: string, timeoutMs = 20_000): Promise<string> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const log = (await this.client.consoleLog()).toString('utf8');
      if (log.includes(text)) return log;
      if (Date.now() > deadline) {
        throw new Error(
          `"${text}" was not printed within ${timeoutMs} ms; console: ${log.slice(-2000)}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  private remove(): void {
    this.launched.process.kill('SIGKILL');
    fs.rmSync(this.launched.runDir, { recursive: true, force: true });
  }
}

/** Starts a payload and returns once it runs. */
export async function startPayload(
  payload: string,
  changes: Partial<MachineConfig> = {},
): Promise<TestMonitor> {
  const monitor = await TestMonitor.launch();
  await monitor.configure(payload, changes);
  await monitor.client.act('start');
  return monitor;
}

/** Runs a payload to its own end. @returns the code it wrote to the debug-exit port */
export async function runPayload(
  payload: string,
  changes: Partial<MachineConfig> = {},
): Promise<{ readonly code: number; readonly monitor: TestMonitor }> {
  const monitor = await startPayload(payload, changes);
  const status = await monitor.until(
    (s) => s.ended?.kind === 'debug-exit' || s.state === 'crashed',
  );
  if (status.ended?.code === undefined) throw new Error(`crashed: ${status.crash?.message}`);
  return { code: status.ended.code, monitor };
}
