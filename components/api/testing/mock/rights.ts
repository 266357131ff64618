import type { Needs } from '@/server/api/operations/operation';
import type { OperationName } from '@/server/api/operations/operations';
import type { Role, User } from '@/server/api/session';
import type { ChangeName } from './contract';
import { forbidden, signInNeeded } from './refusal';

/** What stands in "Your role does not let you …", by what the audit log calls it. */
const WORDS = {
  'vm.create': 'create machines',
  'vm.change': 'change machines',
  'vm.operate': 'operate machines',
  'vm.delete': 'delete machines',
  'vm.console.read': 'watch consoles',
  'image.build': 'build images',
  'image.create': 'add images',
  'image.change': 'change images',
  'image.delete': 'delete images',
  'disk.create': 'make disks',
  'disk.change': 'change disks',
  'disk.delete': 'delete disks',
  'task.cancel': 'cancel tasks',
  'recording.write': 'record consoles',
  'account.change': 'change your account',
  'user.read': 'see users',
  'user.write': 'change users',
  'audit.read': 'see the audit log',
  'setting.read': 'see the settings',
  'setting.write': 'change the settings',
  'session.open': 'sign in',
  'session.close': 'sign out',
  'first-run': 'set up the first administrator',
} as const;
export type Action = keyof typeof WORDS;

/** What each change is to the audit log. */
export const ACTIONS: Readonly<Record<ChangeName, Action>> = {
  createVm: 'vm.create',
  changeVm: 'vm.change',
  deleteVm: 'vm.delete',
  startVm: 'vm.operate',
  pauseVm: 'vm.operate',
  resumeVm: 'vm.operate',
  resetVm: 'vm.operate',
  stopVm: 'vm.operate',
  shutdownVm: 'vm.operate',
  createConsoleTicket: 'vm.console.read',
  importImage: 'image.create',
  changeImage: 'image.change',
  deleteImage: 'image.delete',
  buildDefaultImage: 'image.build',
  createUpload: 'image.create',
  sendChunk: 'image.create',
  deleteUpload: 'image.create',
  completeUpload: 'image.create',
  createDisk: 'disk.create',
  changeDisk: 'disk.change',
  deleteDisk: 'disk.delete',
  attachDisk: 'disk.change',
  detachDisk: 'disk.change',
  growDisk: 'disk.change',
  cancelTask: 'task.cancel',
  startRecording: 'recording.write',
  deleteRecording: 'recording.write',
  stopRecording: 'recording.write',
  replaceSettings: 'setting.write',
  signIn: 'session.open',
  signOut: 'session.close',
  firstRun: 'first-run',
  endOtherSessions: 'account.change',
  endSession: 'account.change',
  createToken: 'account.change',
  deleteToken: 'account.change',
  createUser: 'user.write',
  changeUser: 'user.write',
  deleteUser: 'user.write',
  setPassword: 'user.write',
};

/** What of reading is not for everybody. */
const READS: Partial<Record<OperationName, Action>> = {
  listUploads: 'image.create',
  getUpload: 'image.create',
  listUsers: 'user.read',
  getUser: 'user.read',
  getSettings: 'setting.read',
  listAudit: 'audit.read',
  exportAudit: 'audit.read',
};

const ROLES: readonly Role[] = ['viewer', 'operator', 'admin'];

/** @throws Refusal 401, 403 */
export function checkRights(name: OperationName, needs: Needs, user: User | null): void {
  if (needs === 'open') return;
  if (user === null) throw signInNeeded();
  if (ROLES.indexOf(user.role) >= ROLES.indexOf(needs.role)) return;
  const actions: Partial<Record<OperationName, Action>> = { ...ACTIONS, ...READS };
  throw forbidden(WORDS[actions[name] ?? 'setting.read']);
}
