import { ApiClient, ApiError, NoConsoleError } from '../api/client';
import type { Context, Given } from './command';
import { COMMANDS } from './commands/commands';
import { completionScript } from './completion';
import { DEFAULT_URL, readLogin } from './config-file';
import { CliError, EXIT_FAILED, EXIT_UNAVAILABLE, usageError } from './errors';
import { helpFor } from './help';
import { Output } from './output';
import { parseCommand } from './parse';

/** Set by the build, from package.json. */
declare const VIRTDECK_VERSION: string | undefined;

const INTERRUPTED = 130;
const HUNG_UP = 129;

async function main(words: readonly string[]): Promise<number> {
  const [first] = words;
  switch (first) {
    case undefined:
    case 'help':
    case '--help':
      process.stdout.write(`${helpFor(COMMANDS, words.slice(1))}\n`);
      return 0;
    case '--version':
      process.stdout.write(`${typeof VIRTDECK_VERSION === 'string' ? VIRTDECK_VERSION : 'dev'}\n`);
      return 0;
    case 'completion':
      return completion(words[1]);
  }
  const { command, given } = parseCommand(COMMANDS, words);
  if (given.options['help'] === true) {
    process.stdout.write(`${helpFor(COMMANDS, command.name.split(' '))}\n`);
    return 0;
  }
  const output = new Output(given.options['json'] === true, process.stdout, process.stderr);
  const context = contextOf(given, output, command.offline === true);
  return (await command.run(context, given)) ?? 0;
}

function completion(shell: string | undefined): number {
  if (shell !== 'bash' && shell !== 'zsh') throw usageError('completion takes bash or zsh.');
  process.stdout.write(completionScript(COMMANDS, shell));
  return 0;
}

function contextOf(given: Given, output: Output, isOffline: boolean): Context {
  const login = isOffline ? {} : readLogin(process.env);
  const url = given.options['url'];
  const origin = typeof url === 'string' ? url : (login.url ?? DEFAULT_URL);
  const { token } = login;
  if (token === undefined && !isOffline) {
    throw new CliError(
      'Nobody is signed in.',
      'Make a token in the console’s settings and run `virtdeck login`, or set VIRTDECK_TOKEN.',
    );
  }
  if (!URL.canParse(origin)) throw usageError(`"${origin}" is no address.`);
  const abort = new AbortController();
  process.once('SIGINT', () => {
    abort.abort();
    process.exitCode = INTERRUPTED;
  });
  return {
    api: new ApiClient(origin, token),
    ...{ origin, output },
    token: token ?? '',
    signal: abort.signal,
  };
}

/** @returns the exit code */
function report(error: unknown): number {
  const say = (message: string, hint?: string) =>
    process.stderr.write(`${message}\n${hint === undefined ? '' : `${hint}\n`}`);
  if (error instanceof CliError) {
    say(error.message, error.hint);
    return error.exitCode;
  }
  if (error instanceof ApiError) {
    const { detail, hint, errors = [] } = error.problem;
    say(detail, [...errors.map(({ path, message }) => `  ${path}: ${message}`), hint].join('\n'));
    return EXIT_FAILED;
  }
  if (error instanceof NoConsoleError) {
    say(`${error.message}.`, 'Start it with `npm run up`, or name another with --url.');
    return EXIT_UNAVAILABLE;
  }
  if (error instanceof Error && error.name === 'AbortError') return INTERRUPTED;
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return EXIT_FAILED;
}

// Node would end at once and leave a terminal raw; by itself it sees to the other signals.
process.once('SIGHUP', () => process.exit(HUNG_UP));

// A reader that has seen enough, as `head`, is no fault.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => process.exit(report(error)),
);
