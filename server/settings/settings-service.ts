import { type Settings, type SettingsInput, settingsSchema } from '../api/settings';
import type { Database } from '../database/opened-database';
import { type Log, messageOf } from '../log/log';
import { changedMeanwhile } from '../problems/problems';

const KEY = 'settings';
const REVISION_KEY = 'settings.revision';

/** What administrators have set. Read often, so it is kept here. */
export class SettingsService {
  private settings: Settings = settingsSchema.parse({});
  private revision = 0;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly database: Database,
    private readonly log: Log,
  ) {}

  async open(): Promise<void> {
    const rows = await this.database.setting.findMany({
      where: { key: { in: [KEY, REVISION_KEY] } },
    });
    const stored = new Map(rows.map(({ key, value }) => [key, value]));
    this.revision = Number(stored.get(REVISION_KEY) ?? 0);
    const parsed = settingsSchema.safeParse(stored.get(KEY) ?? {});
    if (parsed.success) this.settings = parsed.data;
    else {
      // A console that cannot be reached because of a setting could not have it corrected.
      const cause = messageOf(parsed.error);
      this.log.error('the settings cannot be read; the defaults are used', { cause });
    }
  }

  get(): Settings {
    return this.settings;
  }

  /** Counts changes. */
  get changes(): number {
    return this.revision;
  }

  /**
   * Sets all of them.
   * @param expected the revision that the change is made from; undefined for whatever it is
   * @throws ProblemError 412 when somebody was faster
   */
  replace(input: SettingsInput, expected?: number): Promise<Settings> {
    const done = this.queue.then(async () => {
      if (expected !== undefined && expected !== this.revision) throw changedMeanwhile();
      const value = settingsSchema.parse(input);
      const revision = this.revision + 1;
      await this.database.$transaction([
        this.write(KEY, value),
        this.write(REVISION_KEY, revision),
      ]);
      this.settings = value;
      this.revision = revision;
      return value;
    });
    this.queue = done.catch(() => {});
    return done;
  }

  private write(key: string, value: Settings | number) {
    const row = { value, updatedAt: new Date() };
    return this.database.setting.upsert({ where: { key }, create: { key, ...row }, update: row });
  }
}
