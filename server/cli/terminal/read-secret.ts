import { text } from 'node:stream/consumers';
import { CliError } from '../errors';

const ENTER = /[\r\n]/;
const INTERRUPT = '\x03';
const ERASE = /[\x7f\b]/;

/**
 * Reads a line that nobody sees; what is piped in is taken as it is.
 * @throws CliError when there is nothing, or Ctrl-C is typed
 */
export async function readSecret(prompt: string): Promise<string> {
  const input = process.stdin;
  const secret = input.isTTY ? await typed(prompt) : (await text(input)).trim();
  if (secret === '')
    throw new CliError('There is no token.', 'Make one in the console’s settings.');
  return secret;
}

async function typed(prompt: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(prompt);
  stdin.setRawMode(true);
  try {
    let secret = '';
    for await (const chunk of stdin.iterator({ destroyOnReturn: false })) {
      for (const character of String(chunk)) {
        if (character === INTERRUPT) throw new CliError('Nothing was kept.', 'Run it again.');
        if (ENTER.test(character)) return secret;
        secret = ERASE.test(character) ? secret.slice(0, -1) : secret + character;
      }
    }
    return secret;
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write('\n');
  }
}
