import type { Disk } from '@/server/api/disks';
import type { Host } from '@/server/api/host';
import type { StoredImage } from '@/server/api/images';
import type { Problem } from '@/server/api/problem';
import type { Task } from '@/server/api/tasks';
import type { Account } from '@/server/api/users';
import { vmConfigSchema } from '@/server/api/vm-config';
import type { Vm } from '@/server/api/vms';

const GiB = 1024 ** 3;
const LONG_AGO = '2026-01-01T00:00:00.000Z';

export function someVm(parts: Partial<Vm> = {}): Vm {
  return {
    id: 'vm-1',
    name: 'linux-1',
    notes: '',
    tags: [],
    config: vmConfigSchema.parse({}),
    revision: 1,
    state: 'stopped',
    stateSince: LONG_AGO,
    pendingChange: false,
    crash: null,
    waitingFor: null,
    restartAt: null,
    shutdownIgnoredAt: null,
    silentSince: null,
    problem: null,
    createdAt: LONG_AGO,
    ...parts,
  };
}

export function someProblem(parts: Partial<Problem> = {}): Problem {
  return {
    type: 'about:blank',
    title: 'Wrong state',
    status: 409,
    code: 'wrong-state',
    detail: 'The machine is running.',
    hint: 'Stop it first.',
    ...parts,
  };
}

export function someDisk(parts: Partial<Disk> = {}): Disk {
  return {
    id: 'disk-1',
    name: 'linux-1-disk-1',
    sizeBytes: 4 * GiB,
    allocatedBytes: 0,
    state: 'ready',
    readOnly: false,
    imageId: null,
    vmId: null,
    position: null,
    problem: null,
    revision: 1,
    createdAt: LONG_AGO,
    taskId: null,
    ...parts,
  };
}

export function someImage(parts: Partial<StoredImage> = {}): StoredImage {
  return {
    id: 'image-1',
    name: 'debian.qcow2',
    kind: 'disk',
    source: 'upload',
    sourceUrl: null,
    state: 'ready',
    format: 'qcow2',
    fileBytes: GiB,
    sizeBytes: 2 * GiB,
    sha256: null,
    notes: '',
    problem: null,
    createdAt: LONG_AGO,
    taskId: null,
    ...parts,
  };
}

export function someTask(parts: Partial<Task> = {}): Task {
  return {
    id: 'task-1',
    kind: 'image.import',
    state: 'running',
    fraction: 0.25,
    step: 'Fetching',
    resource: { kind: 'image', id: 'image-1', name: 'debian.qcow2' },
    user: { id: 'user-admin', name: 'admin' },
    problem: null,
    result: null,
    createdAt: LONG_AGO,
    startedAt: LONG_AGO,
    endedAt: null,
    ...parts,
  };
}

export function someAccount(parts: Partial<Account> = {}): Account {
  return {
    id: 'user-1',
    name: 'somebody',
    role: 'operator',
    createdAt: LONG_AGO,
    disabledAt: null,
    lastSignInAt: null,
    ...parts,
  };
}

export function someHost(parts: Partial<Host> = {}): Host {
  return {
    hostname: 'hypervisor',
    kernel: '6.1.0',
    cpuModel: 'A processor',
    cpus: 4,
    memoryBytes: 16 * GiB,
    memoryAvailableBytes: 12 * GiB,
    dataDirectory: '/var/lib/virtdeck',
    dataFreeBytes: 100 * GiB,
    dataTotalBytes: 500 * GiB,
    kvm: { available: true, apiVersion: 12, quirks: [] },
    version: '0.1.0',
    ...parts,
  };
}
