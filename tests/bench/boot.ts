import os from 'node:os';
import path from 'node:path';
import { resolveDirectories } from '../../server/config/directories';
import { defaultImageBuilder } from '../../server/images/default-image-builder';
import type { BuiltImage } from '../../server/images/image-builder';
import type { MonitorClient } from '../../vmm-core/monitor/client';
import { type Bench, type BenchContext, BenchError, type BenchResult } from './support/bench';
import { consoleUntil } from './support/console';
import { buildMonitor, startMonitor } from './support/monitor';
import { median, round, spread } from './support/stats';

const RECIPE = path.join(import.meta.dirname, '../../server/images/default/recipe');
const ROUNDS = 3;
const MEMORY_MIB = 128;
const TIMEOUT_MS = 180_000;
const AIM_PROMPT_MS = 12_000;

/** More than any prompt has. */
const LAST_LINE_CHARACTERS = 256;
/** Colours and the like, which a prompt may have. */
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[a-zA-Z]`, 'g');
/** The last line ends in `# `. */
const PROMPT = /(?:^|\n)[^\n]{0,80}# $/;
/** The kernel's own clock when it starts the first program. */
const RUN_INIT = /^\[ *(\d+\.\d+)\] Run \S+ as init process\r?$/m;

interface BootTimes {
  readonly promptMs: number;
  readonly initMs: number;
}

async function run(context: BenchContext): Promise<BenchResult> {
  buildMonitor();
  const image = await defaultImage(context);
  const times: BootTimes[] = [];
  for (let i = 1; i <= ROUNDS; i++) {
    context.progress(`boot ${i} of ${ROUNDS}`);
    times.push(await bootOnce(context, image));
  }
  const prompts = times.map((boot) => boot.promptMs);
  const keys = {
    promptMs: round(median(prompts)),
    initMs: round(median(times.map((boot) => boot.initMs))),
  };
  const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
  const verdict = keys.promptMs <= AIM_PROMPT_MS ? 'met' : 'missed';
  return {
    rows: [
      {
        what: 'Start request to shell prompt',
        value: seconds(keys.promptMs),
        limit: `at most ${seconds(AIM_PROMPT_MS)}: ${verdict}`,
      },
      { what: "Kernel's own time to its first program", value: seconds(keys.initMs) },
    ],
    keys,
    runs: ROUNDS,
    spread: spread(prompts),
  };
}

/** The image the console would boot; built where it would build it when it is not there. */
async function defaultImage(context: BenchContext): Promise<BuiltImage> {
  const user = { uid: process.getuid?.() ?? 0, home: os.homedir() };
  const directory =
    process.env['VIRTDECK_IMAGES'] ||
    path.join(resolveDirectories(process.env, user).data, 'images');
  const builder = defaultImageBuilder(directory, RECIPE);
  const found = await builder.find();
  if (found !== undefined) return found;
  let step = '';
  return builder.build({
    signal: new AbortController().signal,
    onProgress: (progress) => {
      if (progress.step === step) return;
      step = progress.step;
      context.progress(`building the default image: ${step}`);
    },
  });
}

async function bootOnce({ cleanup }: BenchContext, image: BuiltImage): Promise<BootTimes> {
  const monitor = await startMonitor(cleanup);
  try {
    const began = performance.now();
    await monitor.client.configure({
      id: 'bench',
      vcpus: 1,
      memoryBytes: MEMORY_MIB * 1024 * 1024,
      boot: {
        kernel: image.kernel,
        ...(image.initrd === undefined ? {} : { initrd: image.initrd }),
        cmdline: image.cmdline,
      },
      debugExit: false,
    });
    await monitor.client.act('start');
    const prompt = await consoleUntil(monitor.client, atPrompt, 'the shell prompt', TIMEOUT_MS);
    return { promptMs: prompt.at - began, initMs: await initMs(monitor.client, prompt.text) };
  } finally {
    await monitor.end();
  }
}

function atPrompt(text: string): boolean {
  return PROMPT.test(text.slice(-LAST_LINE_CHARACTERS).replace(ESCAPES, ''));
}

/** The kernel's line about its first program; a quiet kernel keeps it for who asks. */
async function initMs(client: MonitorClient, log: string): Promise<number> {
  let seconds = RUN_INIT.exec(log)?.[1];
  if (seconds === undefined) {
    await client.sendInput('dmesg\n');
    const answered = (text: string): boolean =>
      RUN_INIT.test(text) && atPrompt(text.slice(log.length));
    const asked = await consoleUntil(client, answered, "the kernel's log", TIMEOUT_MS);
    seconds = RUN_INIT.exec(asked.text)?.[1];
  }
  if (seconds === undefined) throw new BenchError('the kernel stamped no line of its log');
  return Number(seconds) * 1000;
}

export const boot: Bench = {
  title: 'Boot: the default image to its shell',
  method: [
    `The default image with one vCPU and ${MEMORY_MIB} MiB in a monitor that is ready. From the request that configures it to the shell prompt, read through the control socket. The kernel's own time is the stamp of its line about the first program.`,
    `QEMU boots no Linux where KVM has no hardware assistance, so there is no peer here. ${ROUNDS} boots; medians. Spread: the time to the prompt.`,
  ],
  run,
};
