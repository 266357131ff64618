import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMMANDS } from './commands/commands';
import { completionScript } from './completion';
import { configPath, readLogin, removeLogin, writeLogin } from './config-file';
import { CliError, EXIT_USAGE } from './errors';
import { findNamed } from './find';
import { helpFor } from './help';
import { parseCommand } from './parse';
import { formatAge, formatSize, parseSize } from './sizes';
import { formatTable } from './table';

function errorOf(work: () => unknown): CliError {
  try {
    work();
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
  throw new Error('nothing was wrong');
}

describe('a command line', () => {
  const parse = (line: string) => parseCommand(COMMANDS, line.split(' '));

  it('is a command, its words and its options', () => {
    const { command, given } = parse('vm create web --memory 256M --tag a --tag b --start');
    expect(command.name).toBe('vm create');
    expect(given.words).toEqual(['web']);
    expect(given.options).toMatchObject({ memory: '256M', tag: ['a', 'b'], start: true });
    expect(parse('console web').command.name).toBe('console');
    expect(parse('vm start a b c').given.words).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['nonsense', 'no command "nonsense"'],
    ['vm nonsense', '"vm nonsense" is no command'],
    ['vm start', 'vm start needs NAME'],
    ['vm show a b', '"b" is too much'],
    ['vm ls --colour', 'Unknown option'],
    ['vm create a --memory', 'argument missing'],
    ['vm create a --restart sometimes', '--restart is one of: never'],
  ])('"%s" is refused', (line, message) => {
    const error = errorOf(() => parse(line));
    expect(error.message).toContain(message);
    expect(error.hint).toContain('virtdeck help');
    expect(error.exitCode).toBe(EXIT_USAGE);
  });

  it('may ask for help wherever it is', () => {
    expect(parse('vm start --help').given.options['help']).toBe(true);
    expect(helpFor(COMMANDS, ['vm', 'start'])).toContain(
      'usage: virtdeck vm start NAME... [OPTIONS]',
    );
    expect(helpFor(COMMANDS, ['disk'])).not.toContain('vm start');
    for (const { name } of COMMANDS) expect(helpFor(COMMANDS, [])).toContain(`  ${name}`);
  });
});

describe('completion', () => {
  const complete = (...words: string[]): string[] => completeFrom('web', ...words);
  const completeFrom = (name: string, ...words: string[]): string[] => {
    const script = `${completionScript(COMMANDS, 'bash')}
virtdeck() { printf '{\\n  "items": [\\n    {\\n      "name": "%s"\\n    }\\n  ]\\n}\\n' '${name}'; }
COMP_WORDS=(virtdeck ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
_virtdeck; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n');
  };

  it('is a script that shells understand', () => {
    expect(spawnSync('bash', ['-n'], { input: completionScript(COMMANDS, 'bash') }).status).toBe(0);
    expect(completionScript(COMMANDS, 'zsh')).toContain('bashcompinit');
  });

  it('offers commands, then options, then names', () => {
    expect(complete('')).toEqual(expect.arrayContaining(['vm', 'image', 'disk', 'console']));
    expect(complete('vm', 'st')).toEqual(['start', 'stop']);
    expect(complete('vm', 'create', 'x', '--mem')).toEqual(['--memory']);
    expect(complete('vm', 'start', 'w')).toEqual(['web']);
    expect(complete('console', 'w')).toEqual(['web']);
    expect(complete('vm', 'create', 'x', '--url', 'w')).not.toContain('web');
  });

  it('runs nothing that other people called their machines', () => {
    expect(completeFrom('$(echo run)', 'vm', 'start', '$')).toEqual(['\\$\\(echo\\ run\\)']);
    expect(completeFrom('a b;`id`', 'vm', 'start', 'a')).toEqual(['a\\ b\\;\\`id\\`']);
  });
});

describe('sizes', () => {
  it.each([
    ['512', 512],
    ['1K', 1024],
    ['256M', 256 * 1024 ** 2],
    ['1.5G', 1.5 * 1024 ** 3],
    ['2gib', 2 * 1024 ** 3],
  ])('%s is %i bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', 'big', '-1M', '1X', '0.3', '9999999999T'])('"%s" is none', (text) => {
    expect(errorOf(() => parseSize(text)).message).toContain('no size');
  });

  it('are shown as people say them, and ages too', () => {
    expect([0, 1023, 1024, 1536, 128 * 1024 ** 2, 3 * 1024 ** 4].map(formatSize)).toEqual([
      '0 B',
      '1023 B',
      '1 KiB',
      '1.5 KiB',
      '128 MiB',
      '3 TiB',
    ]);
    const now = Date.parse('2026-01-02T00:00:00Z');
    const ages = ['2026-01-01T23:59:55Z', '2026-01-01T22:30:00Z', '2025-12-01T00:00:00Z'];
    expect(ages.map((at) => formatAge(at, now))).toEqual(['5 s', '1 h', '32 d']);
  });
});

describe('a table', () => {
  const table = {
    columns: ['NAME', 'NOTE'],
    rows: [
      ['web', 'a long note'],
      ['名前', 'x'],
    ],
    empty: 'none',
  };

  it('is aligned, and cut to the terminal', () => {
    expect(formatTable(table)).toBe('NAME  NOTE\nweb   a long note\n名前  x');
    expect(formatTable(table, 14)).toBe('NAME  NOTE\nweb   a long …\n名前  x');
    expect(formatTable({ ...table, rows: [] })).toBe('none');
  });

  it('holds nothing that a terminal would obey', () => {
    const rows = [['\x1b[31mred\x1b[0m\x07', 'a\nb']];
    expect(formatTable({ ...table, rows })).toBe('NAME  NOTE\nred   a b');
  });
});

describe('a word for a thing', () => {
  const items = [
    { id: 'abcd1111', name: 'web' },
    { id: 'abcd2222', name: 'db' },
    { id: 'ffff3333', name: 'abcd1111x' },
  ];

  it('is its name, its id, or how only its id begins', () => {
    expect(findNamed(items, 'web', 'machine').id).toBe('abcd1111');
    expect(findNamed(items, 'abcd2222', 'machine').name).toBe('db');
    expect(findNamed(items, 'ffff', 'machine').id).toBe('ffff3333');
  });

  it('is refused when it could be several, or none', () => {
    expect(errorOf(() => findNamed(items, 'abcd', 'machine')).message).toContain('2 machines');
    expect(errorOf(() => findNamed(items, 'mail', 'machine')).hint).toContain('web, db');
    expect(errorOf(() => findNamed([], 'mail', 'machine')).hint).toContain('no machine at all');
  });
});

describe('the token', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'virtdeck-cli-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('is kept for its owner alone, and goes behind what the environment says', () => {
    const environment = { XDG_CONFIG_HOME: directory };
    expect(readLogin(environment)).toEqual({});
    writeLogin(environment, { url: 'http://127.0.0.1:1', token: 'secret' });
    const path = configPath(environment);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    chmodSync(path, 0o644);
    writeLogin(environment, { url: 'http://127.0.0.1:1', token: 'secret' });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readLogin(environment)).toEqual({ url: 'http://127.0.0.1:1', token: 'secret' });
    expect(readLogin({ ...environment, VIRTDECK_TOKEN: 'other' }).token).toBe('other');
    writeFileSync(path, '{');
    expect(errorOf(() => readLogin(environment)).hint).toContain('virtdeck login');
    removeLogin(environment);
    expect(readLogin(environment)).toEqual({});
  });
});
