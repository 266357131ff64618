import { parseArgs } from 'node:util';
import { type Command, type Given, parserOptions } from './command';
import { usageError } from './errors';

export interface Parsed {
  readonly command: Command;
  readonly given: Given;
}

/**
 * Finds the command that words begin with, and what is left for it.
 * @throws CliError with the exit code of a usage error
 */
export function parseCommand(commands: readonly Command[], words: readonly string[]): Parsed {
  const command = commandOf(commands, words);
  const rest = words.slice(command.name.split(' ').length);
  let parsed: ReturnType<typeof parseArgs>;
  try {
    parsed = parseArgs({
      args: [...rest],
      options: parserOptions(command),
      allowPositionals: true,
    });
  } catch (error) {
    const [message = ''] = (error as Error).message.split('. ');
    throw usageError(`${message}.`, command.name);
  }
  const given = { words: parsed.positionals, options: parsed.values as Given['options'] };
  if (given.options['help'] !== true) check(command, given);
  return { command, given };
}

/** The longest command that the words begin with. */
export function commandOf(commands: readonly Command[], words: readonly string[]): Command {
  for (const count of [2, 1]) {
    const name = words.slice(0, count).join(' ');
    const found = commands.find((command) => command.name === name);
    if (found !== undefined) return found;
  }
  const [first = ''] = words;
  const isGroup = commands.some(({ name }) => name.startsWith(`${first} `));
  throw usageError(
    isGroup ? `"${words.slice(0, 2).join(' ')}" is no command.` : `There is no command "${first}".`,
    isGroup ? first : '',
  );
}

function check({ name, arguments: wanted, options }: Command, given: Given): void {
  const least = wanted.filter(({ optional }) => optional === undefined).length;
  const isOpen = wanted.at(-1)?.multiple === true;
  if (given.words.length < least) {
    throw usageError(`${name} needs ${wanted[given.words.length]?.name ?? 'more'}.`, name);
  }
  if (!isOpen && given.words.length > wanted.length) {
    throw usageError(`"${given.words[wanted.length]}" is too much for ${name}.`, name);
  }
  for (const [option, { choices }] of Object.entries(options)) {
    const value = given.options[option];
    if (choices !== undefined && typeof value === 'string' && !choices.includes(value)) {
      throw usageError(`--${option} is one of: ${choices.join(', ')}.`, name);
    }
  }
}

/** The text of an option, if it was given. */
export function textOf({ options }: Given, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** All texts of an option that may be given several times. */
export function textsOf({ options }: Given, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? (value as string[]) : [];
}

/** @throws CliError when it is no whole number */
export function numberOf(given: Given, name: string): number | undefined {
  const text = textOf(given, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw usageError(`--${name} takes a whole number, not "${text}".`);
  return Number(text);
}
