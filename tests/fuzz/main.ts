import { fork } from 'node:child_process';
import { parseArgs } from 'node:util';
import { TARGETS } from './targets';
import type { FuzzProgress } from './worker';

const USAGE = `npm run fuzz -- [--minutes N] [--target NAME] [--seed N]
npm run fuzz -- api [--requests N] [--seed N]
Feeds the device model and the loaders with nonsense for N minutes (1) and says how much of it they
took. A failure is printed with the seed that brings it about again. Targets: ${Object.keys(TARGETS).join(', ')}.`;

/** A round takes milliseconds. */
const HANG_MS = 20_000;
const EXIT_USAGE = 64;

interface Outcome {
  readonly rounds: number;
  readonly operations: number;
  readonly failure?: string;
}

/** Each target has a process of its own, so that its death is a finding and not ours. */
function runTarget(name: string, milliseconds: number, seed: number): Promise<Outcome> {
  return new Promise((resolve) => {
    let last: FuzzProgress = { seed, rounds: 0, operations: 0 };
    const child = fork(new URL('./worker.ts', import.meta.url), [
      name,
      String(milliseconds),
      String(seed),
    ]);
    const finish = (failure?: string): void => {
      clearTimeout(watchdog);
      child.kill('SIGKILL');
      const { rounds, operations } = last;
      resolve({ rounds, operations, ...(failure === undefined ? {} : { failure }) });
    };
    const hung = (): void => finish(`hung in the round of seed ${last.seed}`);
    let watchdog = setTimeout(hung, HANG_MS);
    child.on('message', (progress: FuzzProgress) => {
      last = progress;
      clearTimeout(watchdog);
      watchdog = setTimeout(hung, HANG_MS);
      if (progress.failure !== undefined) finish(`seed ${progress.seed}: ${progress.failure}`);
      else if (progress.isLast === true) finish();
    });
    child.on('exit', (code, signal) =>
      finish(`died (${signal ?? code}) in the round of seed ${last.seed}`),
    );
  });
}

async function main(): Promise<number> {
  const [kind, ...rest] = process.argv.slice(2);
  if (kind === 'api') return (await import('./api/main')).fuzzApiCommand(rest);
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '1' },
      target: { type: 'string' },
      seed: { type: 'string' },
    },
  });
  const names = values.target === undefined ? Object.keys(TARGETS) : [values.target];
  const minutes = Number(values.minutes);
  if (!(minutes > 0) || names.some((name) => TARGETS[name] === undefined)) {
    console.error(USAGE);
    return EXIT_USAGE;
  }
  const seed = values.seed === undefined ? Date.now() % 2 ** 31 : Number(values.seed);
  let failures = 0;
  let total = 0;
  for (const name of names) {
    const outcome = await runTarget(name, (minutes * 60_000) / names.length, seed);
    total += outcome.operations;
    console.log(
      `${name}: ${outcome.operations.toLocaleString('en')} operations in ${outcome.rounds} rounds`,
    );
    if (outcome.failure === undefined) continue;
    failures += 1;
    console.error(`${name}: ${outcome.failure}`);
  }
  console.log(`${total.toLocaleString('en')} operations, ${failures} findings`);
  return failures === 0 ? 0 : 1;
}

main().then((code) => process.exit(code));
