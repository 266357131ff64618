import { type Argument, COMMON_OPTIONS, type Command, type Option } from './command';

const ABOUT = `virtdeck - machines of a virtdeck console, from a terminal

Sign in once with \`virtdeck login\`. Machines, images and disks go by their names.`;

/** Commands about commands, which main.ts serves. */
const ABOUT_ITSELF: readonly (readonly [string, string])[] = [
  ['help [COMMAND]', 'Say what a command does.'],
  ['completion SHELL', 'Print what completes commands in bash or zsh.'],
  ['--version', 'Print the version.'],
];

/** @param words a command, how several begin, or nothing for all */
export function helpFor(commands: readonly Command[], words: readonly string[]): string {
  const name = words.join(' ');
  const exact = commands.find((command) => command.name === name);
  if (exact !== undefined) return commandHelp(exact);
  const some = commands.filter((command) => command.name.startsWith(`${name} `));
  const listed = some.length > 0 ? some : commands;
  const about = some.length > 0 ? [] : ABOUT_ITSELF;
  const lines = columns([...listed.map((command) => [usage(command), command.summary]), ...about]);
  return `${ABOUT}\n\nCommands:\n${lines}\n\n${optionHelp('Options', COMMON_OPTIONS)}`;
}

function commandHelp(command: Command): string {
  const own = Object.keys(command.options).length > 0;
  return [
    `usage: virtdeck ${usage(command)}${own ? ' [OPTIONS]' : ''}`,
    `\n${command.summary}`,
    ...(own ? [`\n${optionHelp('Options', command.options)}`] : []),
    `\n${optionHelp('Options of all commands', COMMON_OPTIONS)}`,
  ].join('\n');
}

function usage({ name, arguments: wanted }: Command): string {
  return [name, ...wanted.map(argumentUsage)].join(' ');
}

function argumentUsage({ name, optional, multiple }: Argument): string {
  const word = multiple ? `${name}...` : name;
  return optional ? `[${word}]` : word;
}

function optionHelp(title: string, options: Readonly<Record<string, Option>>): string {
  const rows = Object.entries(options).map(([name, { summary, value, choices, multiple }]) => [
    `--${name}${value === undefined ? '' : ` ${choices?.join('|') ?? value}`}${multiple ? ' ...' : ''}`,
    summary,
  ]);
  return `${title}:\n${columns(rows)}`;
}

function columns(rows: readonly (readonly string[])[]): string {
  const width = Math.max(...rows.map(([left = '']) => left.length));
  return rows.map(([left = '', right = '']) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
