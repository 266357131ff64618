import type { AuditEntry } from '@/server/api/audit';
import type { Disk } from '@/server/api/disks';
import type { Doctor } from '@/server/api/doctor';
import type { ConsoleEvent } from '@/server/api/events';
import type { Host } from '@/server/api/host';
import type { Image, StoredImage } from '@/server/api/images';
import type { VmFigures, VmSample } from '@/server/api/metrics';
import type { Recording } from '@/server/api/recordings';
import type { Role, User } from '@/server/api/session';
import { settingsSchema } from '@/server/api/settings';
import type { Task } from '@/server/api/tasks';
import type { Token } from '@/server/api/tokens';
import type { Upload } from '@/server/api/uploads';
import type { Account, OpenSession } from '@/server/api/users';
import type { VmEvent } from '@/server/api/vm-events';
import type { Vm } from '@/server/api/vms';
import { someAccount, someHost } from '../fixtures';
import { signInNeeded } from './refusal';
import { Shelf } from './shelf';

const ROLES: readonly Role[] = ['viewer', 'operator', 'admin'];
export const PASSWORD = 'correct horse battery';

export const READY_IMAGE: Image = {
  id: 'default',
  name: 'Default Linux',
  status: {
    state: 'ready',
    digest: 'a'.repeat(64),
    kernelVersion: '6.1.0',
    sizeBytes: 8 * 1024 * 1024,
    builtAt: '2026-01-01T00:00:00.000Z',
  },
};

/** What the console of the mock knows. Tests set it up, and look at what became of it. */
export class World {
  private readonly listeners = new Set<(event: ConsoleEvent) => void>();
  private readonly waiting: (() => void)[] = [];
  private isHeld = false;
  private lastMs = 0;
  private count = 0;

  readonly vms = new Shelf<Vm>({
    what: 'such machine',
    onPut: (vm) => this.publish({ type: 'vm.changed', vm }),
    onRemove: (id) => this.publish({ type: 'vm.deleted', id }),
  });
  readonly images = new Shelf<StoredImage>({
    what: 'such image',
    onPut: (image) => this.publish({ type: 'image.changed', image }),
    onRemove: (id) => this.publish({ type: 'image.deleted', id }),
  });
  readonly disks = new Shelf<Disk>({
    what: 'such disk',
    onPut: (disk) => this.publish({ type: 'disk.changed', disk }),
    onRemove: (id) => this.publish({ type: 'disk.deleted', id }),
  });
  readonly recordings = new Shelf<Recording>({
    what: 'such recording',
    onPut: (recording) => this.publish({ type: 'recording.changed', recording }),
    onRemove: (id) => this.publish({ type: 'recording.deleted', id }),
  });
  readonly tasks = new Shelf<Task>({
    what: 'such task',
    onPut: (task) => this.publish({ type: 'task.changed', task }),
  });
  readonly uploads = new Shelf<Upload>({ what: 'such upload' });
  readonly users = new Shelf<Account>({ what: 'such user' });
  readonly tokens = new Shelf<Token>({ what: 'such token' });
  readonly sessions = new Shelf<OpenSession>({ what: 'such session' });

  readonly passwords = new Map<string, string>();
  readonly vmEvents = new Map<string, VmEvent[]>();
  /** What undoes a task that is given up, by its id. */
  readonly cancellations = new Map<string, () => void>();
  readonly taskLogs = new Map<string, string[]>();
  readonly samples = new Map<string, readonly VmSample[]>();
  readonly figures = new Map<string, readonly VmFigures[]>();
  readonly audit: AuditEntry[] = [];

  host: Host = someHost();
  findings: Doctor['findings'] = [
    { id: 'kvm', level: 'ok', detail: 'KVM can be used.', hint: null },
  ];
  settings = { settings: settingsSchema.parse({}), revision: 0 };
  chunkBytes = 4;
  /** Who is signed in at the browser. */
  user: User | null = null;
  /** What opens the first run; undefined when it is over. */
  firstRunToken: string | undefined;
  private defaultImage = READY_IMAGE;

  constructor() {
    for (const role of ROLES) {
      const account = someAccount({ id: `user-${role}`, name: role, role });
      this.users.put(account);
      this.passwords.set(account.id, PASSWORD);
    }
    this.signIn('admin');
  }

  get image(): Image {
    return this.defaultImage;
  }

  set image(image: Image) {
    this.defaultImage = image;
    this.publish({ type: 'image.changed', image });
  }

  /** Opens a session for the user of that role, in place of the one there was. */
  signIn(role: Role): User {
    const { id, name } = this.users.get(`user-${role}`);
    return this.openSession({ id, name, role });
  }

  openSession(user: User): User {
    this.endOwnSession();
    this.user = user;
    const now = this.now();
    this.sessions.put({
      id: this.newId('session'),
      userId: user.id,
      createdAt: now,
      lastSeenAt: now,
      expiresAt: inDays(7),
      address: '127.0.0.1',
      userAgent: 'This browser',
      current: true,
    });
    return user;
  }

  endOwnSession(): void {
    for (const { id, current } of this.sessions.all) if (current) this.sessions.remove(id);
    this.user = null;
  }

  /** @throws Refusal 401 */
  me(): User {
    if (this.user === null) throw signInNeeded();
    return this.user;
  }

  publish(event: ConsoleEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  onEvent(listener: (event: ConsoleEvent) => void): void {
    this.listeners.add(listener);
  }

  /** What the console does right after it has answered. */
  soon(work: () => void): void {
    setTimeout(work, 0);
  }

  /** What takes its time: it is done soon, or when a test lets it. */
  later(work: () => void): void {
    if (this.isHeld) this.waiting.push(work);
    else this.soon(work);
  }

  /** Whatever is begun from now on takes until `letGo`. */
  holdWork(): void {
    this.isHeld = true;
  }

  letGo(): void {
    this.isHeld = false;
    for (const work of this.waiting.splice(0)) work();
  }

  newId(kind: string): string {
    return `${kind}-${this.newNumber()}`;
  }

  newNumber(): number {
    this.count += 1;
    return 1000 + this.count;
  }

  /** Each is later than the one before, as pages tell old from new by it. */
  now(): string {
    this.lastMs = Math.max(Date.now(), this.lastMs + 1);
    return new Date(this.lastMs).toISOString();
  }

  noteVmEvent(vmId: string, kind: string, detail: VmEvent['detail'] = {}): void {
    const event = { id: this.newNumber(), at: this.now(), kind, detail };
    this.vmEvents.set(vmId, [event, ...(this.vmEvents.get(vmId) ?? [])]);
  }
}

export function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString();
}
