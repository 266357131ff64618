import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readOptions } from './config/options';
import { StartError } from './config/start-error';
import { type RunningConsole, startConsole } from './console';
import { defaultImageBuilder } from './images/default-image-builder';
import { createLog, type Log, messageOf } from './log/log';
import { isProblemError } from './problems/problem-error';
import { explainStorage } from './storage/storage-problems';

/** This file is server/main.ts or dist/server.mjs: both lie one below the root. */
const ROOT = join(import.meta.dirname, '..');
/** As a shell has it: 128 and the number of the signal. */
const EXIT_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;

async function main(): Promise<void> {
  setUpEnvironment();
  const user = { uid: process.getuid?.() ?? -1, home: homedir() };
  const options = readOptions(process.argv.slice(2), process.env, user);
  const log = createLog(options.logLevel);
  const running = await startConsole({
    options,
    root: ROOT,
    version: readVersion(),
    monitorPath: join(ROOT, 'dist/monitor.cjs'),
    imageBuilder: defaultImageBuilder(
      options.directories.images,
      join(ROOT, 'server/images/default/recipe'),
    ),
    log,
  });
  stopOnSignal(running, log);
  await announce(running);
}

/** Next and React read these when they are loaded, which is later. */
function setUpEnvironment(): void {
  const defaults = {
    NEXT_TELEMETRY_DISABLED: '1',
    NODE_ENV: process.argv.includes('--dev') ? 'development' : 'production',
  };
  Object.assign(process.env, { ...defaults, ...process.env });
}

/** On stdout, for the person at the terminal; the log is on stderr. */
async function announce({ address, services }: RunningConsole): Promise<void> {
  const { kvm } = await services.agent.facts();
  if (!kvm.available) {
    console.log(`Machines cannot run on this host: ${kvm.detail}\n  ${kvm.hint}\n`);
  }
  console.log(`virtdeck is at ${address}`);
  const token = await services.firstRun.issueToken();
  if (token !== undefined) {
    console.log(
      'There is no user yet. Set the first administrator up with this one-time link:\n' +
        `  ${address}/first-run#${token}`,
    );
  }
}

/** The first signal stops in order, the second at once. */
function stopOnSignal(running: RunningConsole, log: Log): void {
  let stopping = false;
  const onSignal = (signal: keyof typeof EXIT_BY_SIGNAL) => {
    if (stopping) process.exit(EXIT_BY_SIGNAL[signal]);
    stopping = true;
    console.log('\nStopping; machines go on. Once more to stop at once.');
    running.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('the console did not stop in order', { cause: messageOf(error) });
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  return String((manifest as { version?: unknown }).version);
}

/** What a person can do something about, without the stack that helps nobody then. */
function forTheTerminal(error: unknown): unknown {
  if (error instanceof StartError) return `${error.message}\n${error.hint}`;
  const told = explainStorage(error);
  return isProblemError(told) ? `${told.problem.detail}\n${told.problem.hint}` : error;
}

main().catch((error: unknown) => {
  console.error(forTheTerminal(error));
  process.exit(1);
});
