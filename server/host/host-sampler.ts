import { readFile, statfs } from 'node:fs/promises';
import { loadavg } from 'node:os';
import type { HostSample } from '../api/metrics';
import { KEPT_SAMPLES, SAMPLE_STEP_MS } from './sampler';

/** Jiffies of a core since the host's start. */
interface CpuTimes {
  readonly busy: number;
  readonly all: number;
}

/** Where the kernel tells of itself; another folder in tests. */
const PROC = '/proc';

/** Reads the host's own figures each second and keeps the last ten minutes; proc(5). */
export class HostSampler {
  readonly samples: HostSample[] = [];
  private before: readonly CpuTimes[] | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isTaking = false;

  constructor(
    private readonly dataDirectory: string,
    private readonly onSample: (sample: HostSample) => void,
    private readonly proc = PROC,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.tick(), SAMPLE_STEP_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async tick(): Promise<void> {
    // A host so slow that a reading takes more than a second misses some.
    if (this.isTaking) return;
    this.isTaking = true;
    try {
      const sample = await this.take();
      if (sample === undefined) return;
      this.samples.push(sample);
      if (this.samples.length > KEPT_SAMPLES) this.samples.shift();
      this.onSample(sample);
    } catch {
      // A figure that cannot be read now is a gap.
    } finally {
      this.isTaking = false;
    }
  }

  /** @returns undefined for the first reading, which only begins the rates */
  async take(): Promise<HostSample | undefined> {
    const [stat, meminfo, disk, pressure] = await Promise.all([
      readFile(`${this.proc}/stat`, 'latin1'),
      readFile(`${this.proc}/meminfo`, 'latin1'),
      statfs(this.dataDirectory),
      this.pressure(),
    ]);
    const times = parseCpuTimes(stat);
    const { before } = this;
    this.before = times;
    if (before === undefined) return undefined;
    const [busy = 0, ...cores] = times.map((now, index) => shareBetween(before[index], now));
    return {
      at: new Date().toISOString(),
      cpu: { busy, cores },
      memory: {
        totalBytes: meminfoBytes(meminfo, 'MemTotal'),
        availableBytes: meminfoBytes(meminfo, 'MemAvailable'),
      },
      load1: loadavg()[0] ?? 0,
      dataFreeBytes: disk.bavail * disk.bsize,
      pressure,
    };
  }

  private async pressure(): Promise<HostSample['pressure']> {
    const share = async (of: string): Promise<number> => {
      const text = await readFile(`${this.proc}/pressure/${of}`, 'latin1');
      return Number(/^some avg10=([\d.]+)/m.exec(text)?.[1] ?? 0) / 100;
    };
    try {
      return { cpu: await share('cpu'), memory: await share('memory'), io: await share('io') };
    } catch {
      // Not in every kernel.
      return null;
    }
  }
}

/** The first is of all cores together. */
function parseCpuTimes(stat: string): CpuTimes[] {
  return stat
    .split('\n')
    .filter((line) => /^cpu\d* /.test(line))
    .map((line) => {
      const [
        user = 0,
        nice = 0,
        system = 0,
        idle = 0,
        iowait = 0,
        irq = 0,
        softirq = 0,
        steal = 0,
      ] = line.trim().split(/\s+/).slice(1).map(Number);
      // Time of guests is in that of the user already.
      const busy = user + nice + system + irq + softirq + steal;
      return { busy, all: busy + idle + iowait };
    });
}

function shareBetween(before: CpuTimes | undefined, now: CpuTimes): number {
  if (before === undefined || now.all <= before.all) return 0;
  return Math.min(1, Math.max(0, (now.busy - before.busy) / (now.all - before.all)));
}

function meminfoBytes(meminfo: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(meminfo)?.[1] ?? 0) * 1024;
}
