import type { ParseArgsConfig } from 'node:util';
import type { ApiClient } from '../api/client';
import type { Output } from './output';

/** What a word after a command names, for checks, help and completion. */
export type Names = 'vm' | 'image' | 'disk' | 'task' | 'file' | 'size' | 'word';

export interface Option {
  readonly summary: string;
  /** What stands behind it in the help; a switch has none. */
  readonly value?: string;
  /** The only words it takes. */
  readonly choices?: readonly string[];
  /** May be given several times. */
  readonly multiple?: true;
}

export interface Argument {
  readonly name: string;
  readonly names: Names;
  readonly optional?: true;
  /** The last one only: one or more. */
  readonly multiple?: true;
}

export interface Given {
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

export interface Context {
  /** Signed in; fails with a hint when nobody is. */
  readonly api: ApiClient;
  readonly origin: string;
  readonly token: string;
  readonly output: Output;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** One command. Parsing, help and completion come from these alone. */
export interface Command {
  /** As typed: `vm start`. */
  readonly name: string;
  readonly summary: string;
  readonly arguments: readonly Argument[];
  readonly options: Readonly<Record<string, Option>>;
  /** It needs no console, or finds one by itself. */
  readonly offline?: true;
  /** @returns the exit code; 0 when there is none */
  run(context: Context, given: Given): Promise<number | undefined>;
}

/** What every command takes. */
export const COMMON_OPTIONS: Readonly<Record<string, Option>> = {
  json: { summary: 'Print the API’s answer as JSON.' },
  url: { summary: 'The console’s address.', value: 'URL' },
  help: { summary: 'Say what a command does.' },
};

/** For node's parser. */
export function parserOptions(command: Command): NonNullable<ParseArgsConfig['options']> {
  const all = { ...command.options, ...COMMON_OPTIONS };
  return Object.fromEntries(
    Object.entries(all).map(([name, { value, multiple }]) => [
      name,
      {
        type: value === undefined ? 'boolean' : 'string',
        ...(multiple === undefined ? {} : { multiple }),
      } as const,
    ]),
  );
}
