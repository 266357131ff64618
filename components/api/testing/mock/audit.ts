import { attachDiskSchema } from '@/server/api/disks';
import type { OperationName } from '@/server/api/operations/operations';
import type { User } from '@/server/api/session';
import type { Refusal } from './refusal';
import { ACTIONS, type Action } from './rights';
import type { Route } from './route';
import type { World } from './world';

const REFUSED: ReadonlySet<number> = new Set([401, 403, 429]);
const KINDS: Readonly<Record<string, string>> = {
  vms: 'vm',
  images: 'image',
  uploads: 'upload',
  disks: 'disk',
  tasks: 'task',
  recordings: 'recording',
  users: 'user',
  tokens: 'token',
  sessions: 'session',
};

/** What a request does, to what; as it was called before. */
export interface About {
  readonly action: Action;
  readonly operation: OperationName;
  readonly kind: string;
  readonly id: string;
  readonly name: string;
  /** One of many steps of one thing: noted only when it goes wrong. */
  readonly isStep?: boolean;
}

/** @returns undefined for what changes nothing */
export function aboutOf(world: World, route: Route, body: unknown): About | undefined {
  const { name: asked, operation, params } = route;
  const actions: Partial<Record<OperationName, Action>> = ACTIONS;
  const action = actions[asked];
  if (action === undefined) return undefined;
  const base = { action, operation: asked };
  const vm = (id: string) => ({ kind: 'vm', id, name: world.vms.find(id)?.name ?? '' });
  // What is attached is a disk; what is changed by it, a machine.
  const attached = asked === 'attachDisk' ? attachDiskSchema.safeParse(body).data : undefined;
  if (attached !== undefined) return { ...base, action: 'vm.change', ...vm(attached.vmId) };
  const { id } = params;
  if (id === undefined) return { ...base, kind: 'console', id: '', name: '' };
  const kind = KINDS[operation.path.split('/')[1] ?? ''] ?? 'console';
  return kind === 'vm'
    ? { ...base, ...vm(id) }
    : { ...base, kind, id, name: '', isStep: asked === 'sendChunk' };
}

/** Writes down what was done, or refused. */
export function noteInAudit(
  world: World,
  { action, operation, kind, id, name, isStep }: About,
  user: User | null,
  refusal?: Refusal,
): void {
  if (isStep && refusal === undefined) return;
  const by = user ?? world.user;
  const status = refusal?.problem.status;
  world.audit.push({
    id: world.newNumber(),
    at: world.now(),
    userId: by?.id ?? '',
    userName: by?.name ?? '',
    via: by === null ? 'none' : 'session',
    address: '127.0.0.1',
    ...{ action, operation, resourceKind: kind, resourceId: id, resourceName: name },
    outcome: status === undefined ? 'ok' : REFUSED.has(status) ? 'refused' : 'failed',
    code: refusal?.problem.code ?? null,
  });
}
