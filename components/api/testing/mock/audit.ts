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
export function aboutOf(
  world: World,
  { name: asked, operation, params }: Route,
): About | undefined {
  const actions: Partial<Record<OperationName, Action>> = ACTIONS;
  const action = actions[asked];
  if (action === undefined) return undefined;
  const base = { action, operation: asked };
  const { id } = params;
  if (id === undefined) return { ...base, kind: 'console', id: '', name: '' };
  const kind = kindAt(operation.path);
  return { ...base, kind, id, name: nameOf(world, kind, id), isStep: asked === 'sendChunk' };
}

/** What was made, which had no name when it was asked for. */
export function aboutMade(world: World, about: About, path: string, made: Answer): About {
  const id = idIn(made.body);
  if (about.kind !== 'console' || id === undefined) return about;
  const kind = made.status === ACCEPTED ? 'task' : kindAt(path);
  return { ...about, kind, id, name: nameOf(world, kind, id) };
}

const ACCEPTED = 202;

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

function idIn(body: unknown): string | undefined {
  const isThing = typeof body === 'object' && body !== null && 'id' in body;
  return isThing && typeof body.id === 'string' ? body.id : undefined;
}

function kindAt(path: string): string {
  return KINDS[path.split('/')[1] ?? ''] ?? 'console';
}

function nameOf(world: World, kind: string, id: string): string {
  const shelves: Readonly<Record<string, { find(id: string): { name: string } | undefined }>> = {
    vm: world.vms,
    image: world.images,
    disk: world.disks,
    user: world.users,
    token: world.tokens,
  };
  return shelves[kind]?.find(id)?.name ?? '';
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
