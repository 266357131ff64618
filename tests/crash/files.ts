import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { TestConsole } from '../support/console';
import type { Ledger } from './ledger';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
/** What there is in the data directory; nothing else ever is. */
const KNOWN = /^(virtdeck\.db(-shm|-wal)?|console\.lock|images|disks|uploads|machines|recordings)$/;

export interface Stored {
  readonly id: string;
  readonly name?: string;
  readonly state?: string;
}

/** The rows of each kind of thing that has files. */
export interface Rows {
  readonly images: readonly Stored[];
  readonly disks: readonly Stored[];
  readonly uploads: readonly Stored[];
  readonly recordings: readonly Stored[];
  readonly machines: readonly Stored[];
}

/** Rows against files: each file has its row, each row its file, with what was put into it. */
export function fileFaults({ directory }: TestConsole, rows: Rows, ledger: Ledger): string[] {
  const data = path.join(directory, 'data');
  const faults = namesIn(data)
    .filter((name) => !KNOWN.test(name))
    .map((name) => `${name} is in the data directory`);
  const kinds: [keyof Rows, suffix: string, whole: string[]][] = [
    ['images', '', ['ready']],
    ['disks', '.raw', ['ready']],
    ['uploads', '', []],
    ['recordings', '.cast', ['ended', 'full']],
  ];
  for (const [kind, suffix, whole] of kinds) {
    const things = rows[kind].filter(({ id }) => UUID.test(id));
    const ids = new Set(things.map(({ id }) => id));
    for (const name of namesIn(path.join(data, kind))) {
      const id = UUID.exec(name)?.[0] ?? '';
      if (!ids.has(id)) faults.push(`${kind}/${name} is of nothing`);
    }
    for (const { id, name = id, state = '' } of things) {
      if (!whole.includes(state)) continue;
      const file = path.join(data, kind, id + suffix);
      if (!existsSync(file)) faults.push(`the file of ${name} is not there`);
      else if (ledger.contents.get(name)?.equals(readFileSync(file)) === false) {
        faults.push(`${name} holds something else than was put into it`);
      }
    }
  }
  const machines = new Set(rows.machines.map(({ id }) => id));
  for (const name of namesIn(path.join(data, 'machines'))) {
    if (!machines.has(name)) faults.push(`machines/${name} is of no machine`);
  }
  return faults;
}

/** What is left when everything was deleted. */
export function leftovers({ directory }: TestConsole): string[] {
  const data = path.join(directory, 'data');
  return ['images', 'disks', 'uploads', 'machines', 'recordings'].flatMap((kind) =>
    namesIn(path.join(data, kind)).map((name) => `${kind}/${name} is left`),
  );
}

function namesIn(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : [];
}
