import { guest } from '../../guests/assemble';
import { apiOf, uploadImage } from '../../support/api';
import type { TestConsole } from '../../support/console';

interface Thing {
  readonly id: string;
  readonly state?: string;
}

/** Deleted in this order: what uses others first. */
const LISTS = ['recordings', 'images', 'vms', 'disks', 'uploads', 'tasks', 'users', 'tokens'];
/** Of each kind, so many may stay. */
const KEPT = 3;
const RUNNING = new Set(['starting', 'running', 'paused', 'stopping']);

/** An administrator apart, who keeps what the others make within bounds. */
export class Keeper {
  private readonly found = new Map<string, readonly string[]>();
  private made = 0;
  private me = '';
  private settings: unknown;

  constructor(private readonly console: TestConsole) {}

  /** Ids of the things of a kind that there are, but not of what is the keeper's own. */
  ids(kind: string): readonly string[] {
    return this.found.get(kind) ?? [];
  }

  async open(): Promise<void> {
    const session = await this.console.request('GET', '/session');
    this.me = (session.body as { user: Thing }).user.id;
    const { body } = await this.console.request('GET', '/settings');
    const { settings } = body as { settings: { capacity: object } };
    // Two machines of 128 MiB and no more.
    const capacity = { ...settings.capacity, vcpuOvercommit: 1, freeDiskBytes: 2 ** 30 };
    this.settings = { ...settings, capacity };
    await this.restoreSettings();
  }

  async restoreSettings(): Promise<void> {
    await this.console.request('PUT', '/settings', this.settings);
  }

  /** Deletes what is too much, and looks what there is. */
  async tidy(): Promise<void> {
    for (const kind of LISTS) {
      let things = await this.list(kind);
      if (things.length === 0 && (await this.makeOne(kind))) things = await this.list(kind);
      const [kept, extra] = [things.slice(0, KEPT), things.slice(KEPT)];
      for (const thing of extra) await this.remove(kind, thing);
      this.found.set(
        kind,
        kept.map(({ id }) => id),
      );
    }
  }

  /** Something to do things with. @returns whether there is a way */
  private async makeOne(kind: string): Promise<boolean> {
    this.made += 1;
    const name = `kept-${this.made}`;
    switch (kind) {
      case 'vms': {
        const kernelId = this.found.get('images')?.[0] ?? '';
        const config = { boot: { from: 'kernel', kernelId }, memory: { bytes: 2 ** 25 } };
        const { body } = await this.console.request('POST', '/vms', { name, config });
        await this.console.request('POST', `/vms/${(body as Thing).id}/start`);
        await this.console.request('POST', `/vms/${(body as Thing).id}/recordings`);
        return true;
      }
      case 'disks': {
        const disk = { from: 'empty', name, sizeBytes: 2 ** 20 };
        return (await this.console.request('POST', '/disks', disk)).status === 201;
      }
      case 'uploads': {
        const upload = { name, kind: 'disk', sizeBytes: 2 ** 20 };
        return (await this.console.request('POST', '/uploads', upload)).status === 201;
      }
      case 'images':
        await uploadImage(await apiOf(this.console), 'kernel', name, guest('halt'));
        return true;
      default:
        return false;
    }
  }

  private async list(kind: string): Promise<Thing[]> {
    const { body } = await this.console.request('GET', `/${kind}`);
    const { items } = body as { items: Thing[] };
    return items.filter(({ id }) => id !== this.me && id !== 'default').reverse();
  }

  private async remove(kind: string, { id, state }: Thing): Promise<void> {
    if (kind === 'tasks') {
      if (state === 'queued' || state === 'running') {
        await this.console.request('POST', `/tasks/${id}/cancel`);
      }
      return;
    }
    if (kind === 'vms' && RUNNING.has(state ?? '')) {
      await this.console.request('POST', `/vms/${id}/stop`);
    }
    // What is in use stays until the next time.
    await this.console.request('DELETE', `/${kind}/${id}`);
  }
}
