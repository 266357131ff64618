import type { OperationName } from '@/server/api/operations/operations';
import type { User } from '@/server/api/session';
import type { Refusal } from './refusal';
import { ACTIONS, type Action } from './rights';
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

interface Done {
  readonly name: OperationName;
  readonly path: string;
  readonly id: string | undefined;
  readonly user: User | null;
  /** As the machine was called before. */
  readonly vmName: string;
  readonly refusal?: Refusal;
}

/** Writes down what changed something, and what was tried. */
export function noteInAudit(world: World, { name, path, id, user, vmName, refusal }: Done): void {
  const actions: Partial<Record<OperationName, Action>> = ACTIONS;
  const action = actions[name];
  if (action === undefined || (name === 'sendChunk' && refusal === undefined)) return;
  const by = user ?? world.user;
  const status = refusal?.problem.status;
  world.audit.push({
    id: world.newNumber(),
    at: world.now(),
    userId: by?.id ?? '',
    userName: by?.name ?? '',
    via: by === null ? 'none' : 'session',
    address: '127.0.0.1',
    action,
    operation: name,
    resourceKind: id === undefined ? 'console' : (KINDS[path.split('/')[1] ?? ''] ?? 'console'),
    resourceId: id ?? '',
    resourceName: vmName,
    outcome: status === undefined ? 'ok' : REFUSED.has(status) ? 'refused' : 'failed',
    code: refusal?.problem.code ?? null,
  });
}
