import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { removeFile, sizesOf, syncDirectory } from './durable';

const ID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

/**
 * Files of one kind in a directory of their own, each named by an id of ours and nothing else. What
 * is being written has a name that says so, and gets its own once it is whole; what is being
 * deleted is renamed first. So after any crash a name tells what to do with a file.
 */
export class StoredFiles {
  private readonly pattern: RegExp;

  /** @param suffix of whole files, for example `.raw` */
  constructor(
    readonly directory: string,
    private readonly suffix: string,
  ) {
    const escaped = suffix.replaceAll('.', '\\.');
    this.pattern = new RegExp(`^(${ID})${escaped}(\\.[a-z]+\\.part|\\.part|\\.deleted|)$`);
  }

  path(id: string): string {
    return join(this.directory, `${id}${this.suffix}`);
  }

  /** Where its content is written before it is whole. @param step when there is more than one */
  draft(id: string, step?: 'converted'): string {
    return `${this.path(id)}${step === undefined ? '' : `.${step}`}.part`;
  }

  /** Takes the file of `id` out of sight: what follows is either `purge` or `restore`. */
  async hide(id: string): Promise<void> {
    await renameIfThere(this.path(id), this.hidden(id));
    await syncDirectory(this.directory);
  }

  async restore(id: string): Promise<void> {
    await renameIfThere(this.hidden(id), this.path(id));
  }

  /** Removes all there is of `id`. */
  async purge(id: string): Promise<void> {
    await Promise.all(
      [this.path(id), this.hidden(id), this.draft(id), this.draft(id, 'converted')].map(removeFile),
    );
  }

  sizes(id: string): ReturnType<typeof sizesOf> {
    return sizesOf(this.path(id));
  }

  /**
   * Makes the directory and clears up after a crash: drafts go, deletions are brought to their end
   * or, when the row is still there, taken back.
   * @returns ids of whole files that nobody knows; they are left alone, for no crash of ours makes
   * them, but a database restored from an older copy does
   */
  async open(known: ReadonlySet<string>): Promise<string[]> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const strangers: string[] = [];
    for (const name of await readdir(this.directory)) {
      const [, id, what] = this.pattern.exec(name) ?? [];
      if (id === undefined) continue;
      if (what === '.deleted' && known.has(id)) await this.restore(id);
      else if (what !== '') await removeFile(join(this.directory, name));
      else if (!known.has(id)) strangers.push(id);
    }
    return strangers;
  }

  private hidden(id: string): string {
    return `${this.path(id)}.deleted`;
  }
}

async function renameIfThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return;
    throw error;
  }
}
