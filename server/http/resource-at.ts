import type { Resource } from '../users/authorise';

/** Of the resources that requests make, by the plural in their paths. */
const KINDS = {
  vms: 'vm',
  images: 'image',
  disks: 'disk',
  uploads: 'upload',
  tasks: 'task',
  recordings: 'recording',
  users: 'user',
  tokens: 'token',
} as const;

/** @param location of an answer, where that is which was made @returns undefined for no resource */
export function resourceAt(location: string | null): Resource | undefined {
  const [, plural = '', id = ''] = /^\/api\/v1\/(\w+)\/([\w-]+)$/.exec(location ?? '') ?? [];
  const kind = plural in KINDS ? KINDS[plural as keyof typeof KINDS] : undefined;
  return kind === undefined ? undefined : { kind, id };
}
