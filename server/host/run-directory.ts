import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_FILES, type RunRecord } from '../../vmm-core/monitor/protocol';
import type { Crash } from '../api/vms';
import { parseCrash, parseRecord } from './monitor-messages';

/** 12 hexadecimal digits: what config/directories.ts counts on. */
const NAME_BYTES = 6;
const NAME = /^[0-9a-f]{12}$/;

/** The directory of one monitor. Its name is never used again, so it also names the console's epoch. */
export class RunDirectory {
  constructor(
    readonly path: string,
    readonly name: string,
  ) {}

  static async create(parent: string): Promise<RunDirectory> {
    const name = randomBytes(NAME_BYTES).toString('hex');
    const path = join(parent, name);
    await mkdir(path, { mode: 0o700 });
    return new RunDirectory(path, name);
  }

  static async list(parent: string): Promise<RunDirectory[]> {
    const entries = await readdir(parent, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && NAME.test(entry.name))
      .map((entry) => new RunDirectory(join(parent, entry.name), entry.name));
  }

  get socket(): string {
    return join(this.path, RUN_FILES.socket);
  }

  get console(): string {
    return join(this.path, RUN_FILES.console);
  }

  get log(): string {
    return join(this.path, RUN_FILES.log);
  }

  /** @returns undefined while the monitor has not written it, or when it is not readable as one */
  async record(): Promise<RunRecord | undefined> {
    return this.json(RUN_FILES.record, parseRecord);
  }

  /** What the monitor itself wrote about its machine's end. */
  async crash(): Promise<Crash | undefined> {
    return this.json(RUN_FILES.crash, parseCrash);
  }

  /** Never rejects: what cannot be removed now, the next console clears away. */
  async remove(): Promise<void> {
    await rm(this.path, { recursive: true, force: true }).catch(() => {});
  }

  private async json<T>(file: string, parse: (input: unknown) => T): Promise<T | undefined> {
    try {
      return parse(JSON.parse(await readFile(join(this.path, file), 'utf8')));
    } catch {
      return undefined;
    }
  }
}
