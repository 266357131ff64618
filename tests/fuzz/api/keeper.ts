import type { ApiClient } from '../../../server/api/client';
import { guest } from '../../guests/assemble';
import { apiOf, uploadImage } from '../../support/api';
import type { TestConsole } from '../../support/console';
import { ACTOR_NAME, ACTOR_TOKEN, PASSWORD } from './actors';

interface Thing {
  readonly id: string;
  readonly kind?: string;
  readonly name?: string;
  readonly state?: string;
}

/** Deleted in this order: what uses others first. */
const LISTS = ['recordings', 'images', 'vms', 'disks', 'uploads', 'tasks', 'users'];
/** Of each kind, so many may stay, and so many there are when there is a way to make them. */
const KEPT = 3;
const LEAST = 2;
const UPLOAD_BYTES = 512;
const RUNNING = new Set(['starting', 'running', 'paused', 'stopping']);

/** An administrator apart, who keeps what the others make within bounds. */
export class Keeper {
  private readonly found = new Map<string, readonly Thing[]>();
  private made = 0;
  private me = '';
  private settings: unknown;
  private client: ApiClient | undefined;

  constructor(private readonly console: TestConsole) {}

  /** Ids of the things of a kind that there are, but not of what is the keeper's own. */
  ids(kind: string): readonly string[] {
    return (this.found.get(kind) ?? []).map(({ id }) => id);
  }

  /** Of users that there are. */
  get names(): readonly string[] {
    return (this.found.get('users') ?? []).map(({ name = '' }) => name);
  }

  async open(): Promise<void> {
    this.client = await apiOf(this.console);
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

  private get api(): ApiClient {
    if (this.client === undefined) throw new Error('the keeper has not been opened');
    return this.client;
  }

  /** Deletes what is too much, and looks what there is. */
  async tidy(): Promise<void> {
    for (const kind of LISTS) {
      let things = await this.list(kind);
      for (let more = LEAST - things.length; more > 0 && (await this.makeOne(kind)); more -= 1) {
        things = await this.list(kind);
      }
      const [kept, extra] = [things.slice(0, KEPT), things.slice(KEPT)];
      for (const thing of extra) await this.remove(kind, thing);
      this.found.set(kind, kept);
    }
    await this.lookForGrants();
  }

  /** Sessions and tokens that requests may end: all but those by which the actors act. */
  private async lookForGrants(): Promise<void> {
    const sessions: Thing[] = [];
    for (const id of this.ids('users')) sessions.push(...(await this.page(`sessions?user=${id}`)));
    this.found.set('sessions', sessions);
    const tokens: Thing[] = [];
    const users = await this.page('users');
    for (const { id } of users.filter(({ name }) => name?.startsWith(ACTOR_NAME))) {
      const own = await this.page(`tokens?user=${id}`);
      tokens.push(...own.filter(({ name }) => name !== ACTOR_TOKEN));
    }
    for (const { id } of tokens.slice(KEPT)) await this.console.request('DELETE', `/tokens/${id}`);
    this.found.set('tokens', tokens.slice(0, KEPT));
  }

  /** Something to do things with. @returns whether there is a way */
  private async makeOne(kind: string): Promise<boolean> {
    this.made += 1;
    const name = `kept-${this.made}`;
    switch (kind) {
      case 'vms': {
        const kernel = this.found.get('images')?.find((image) => image.kind === 'kernel');
        const kernelId =
          kernel?.id ?? (await uploadImage(this.api, 'kernel', `${name}-kernel`, guest('halt')));
        const boot = { from: 'kernel', kernelId };
        const config = { boot, memory: { bytes: 2 ** 25 } };
        const { body, status } = await this.console.request('POST', '/vms', { name, config });
        if (status !== 201) return false;
        // Of every other, something can be recorded.
        if (this.made % 2 === 0) return true;
        await this.console.request('POST', `/vms/${(body as Thing).id}/start`);
        await this.console.request('POST', `/vms/${(body as Thing).id}/recordings`);
        return true;
      }
      case 'disks': {
        const disk = { from: 'empty', name, sizeBytes: 2 ** 20 };
        return (await this.console.request('POST', '/disks', disk)).status === 201;
      }
      case 'uploads': {
        const upload = { name, kind: 'disk', sizeBytes: UPLOAD_BYTES };
        const { body } = await this.console.request('POST', '/uploads', upload);
        // Of every other, all is there already.
        const bytes = Buffer.alloc(this.made % 2 === 0 ? UPLOAD_BYTES : 0);
        await this.console.request('PUT', `/uploads/${(body as Thing).id}?offset=0`, bytes);
        return true;
      }
      case 'users': {
        const user = { name, role: 'operator', password: PASSWORD };
        return (await this.console.request('POST', '/users', user)).status === 201;
      }
      case 'images':
        await uploadImage(this.api, this.made % 2 === 0 ? 'disk' : 'kernel', name, guest('halt'));
        return true;
      default:
        return false;
    }
  }

  private async list(kind: string): Promise<Thing[]> {
    const items = await this.page(kind);
    // What the fuzzer itself stands on is none of the things that requests are about.
    const isOurs = ({ id, name }: Thing) =>
      id === this.me || id === 'default' || (kind === 'users' && name?.startsWith(ACTOR_NAME));
    return items.filter((thing) => isOurs(thing) !== true).reverse();
  }

  private async page(route: string): Promise<Thing[]> {
    const { body } = await this.console.request('GET', `/${route}`);
    return (body as { items?: Thing[] }).items ?? [];
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
