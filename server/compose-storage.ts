import { join } from 'node:path';
import type { StoredImageKind } from './api/images';
import type { Vm } from './api/vms';
import type { Database } from './database/opened-database';
import { DiskService } from './disks/disk-service';
import { DiskStore } from './disks/disk-store';
import type { HostAgent } from './host/agent';
import type { ImageBuilder } from './images/image-builder';
import { MAX_FILE_BYTES } from './images/image-limits';
import { ImageService } from './images/image-service';
import { ImageImport } from './images/library/image-import';
import { ImageLibrary } from './images/library/image-library';
import { LibraryStore } from './images/library/library-store';
import type { Log } from './log/log';
import { RecordingService } from './recordings/recording-service';
import { RecordingStore } from './recordings/recording-store';
import type { SettingsService } from './settings/settings-service';
import { SpaceLedger } from './storage/space';
import { StoredFiles } from './storage/stored-files';
import type { EventBus } from './streams/event-bus';
import { TaskService } from './tasks/task-service';
import { TaskStore } from './tasks/task-store';
import { UploadService } from './uploads/upload-service';
import { UploadStore } from './uploads/upload-store';
import type { MachineParts } from './vms/machine-parts';

type Machine = Pick<Vm, 'name' | 'state' | 'config'>;

/** What storage asks of the machines, which come later than it. */
export interface MachineList {
  list(): readonly Machine[];
  find(id: string): Machine | undefined;
}

export interface StorageParts {
  readonly database: Database;
  /** The data directory. */
  readonly directory: string;
  readonly imageBuilder: ImageBuilder;
  readonly agent: Pick<HostAgent, 'resized' | 'isLive' | 'openConsole'>;
  readonly machines: () => MachineList;
  readonly settings: Pick<SettingsService, 'get'>;
  readonly events: EventBus;
  readonly log: Log;
  /** Lets images be fetched from this host; for tests. */
  readonly allowLoopbackImport?: boolean;
}

export interface Storage {
  readonly tasks: TaskService;
  readonly images: ImageService;
  readonly library: ImageLibrary;
  readonly imports: ImageImport;
  readonly uploads: UploadService;
  readonly disks: DiskService;
  readonly recordings: RecordingService;
  /** What a machine needs of these before it can start. */
  readonly machineParts: MachineParts;
  /** Clears up after the last console. Tasks wait for `tasks.begin()`. */
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Tasks and what they work on, and what else takes space: images, uploads, disks and recordings. */
export function composeStorage(parts: StorageParts): Storage {
  const { database, directory, agent, machines, settings, events, log } = parts;
  const space = new SpaceLedger(directory, () => settings.get().capacity.freeDiskBytes);
  const keepDays = () => settings.get().retention.taskDays;
  const tasks = new TaskService(new TaskStore(database), events, log, keepDays);
  const images = new ImageService(parts.imageBuilder, tasks, events, log);
  const imageFiles = new StoredFiles(join(directory, 'images'), '');
  const library = new ImageLibrary({
    store: new LibraryStore(database),
    files: imageFiles,
    usersOf: (imageId) => namesOfUsers(machines().list(), imageId),
    ...{ space, tasks, bus: events, log },
  });
  const maxBytes = (kind: StoredImageKind) =>
    Math.min(MAX_FILE_BYTES[kind], settings.get().images.maxBytes);
  const imports = new ImageImport({
    policy: () => ({
      allowPrivate: settings.get().images.allowPrivateImport,
      allowLoopback: parts.allowLoopbackImport === true,
    }),
    files: imageFiles,
    ...{ library, space, tasks, maxBytes },
  });
  const uploads = new UploadService({
    store: new UploadStore(database),
    files: new StoredFiles(join(directory, 'uploads'), ''),
    ...{ imageFiles, library, space, tasks, maxBytes, log },
  });
  const disks = new DiskService({
    store: new DiskStore(database),
    files: new StoredFiles(join(directory, 'disks'), '.raw'),
    machines: {
      find: (id) => machines().find(id),
      resized: (vmId, diskId) => agent.resized(vmId, diskId),
    },
    ...{ library, space, tasks, bus: events, log },
  });
  const recordings = new RecordingService({
    store: new RecordingStore(database),
    files: new StoredFiles(join(directory, 'recordings'), '.cast'),
    machines: { find: (id) => machines().find(id) },
    maxBytes: () => settings.get().recordings.maxBytes,
    ...{ space, agent, bus: events, log },
  });
  return {
    ...{ tasks, images, library, imports, uploads, disks, recordings },
    machineParts: machineParts(images, library, disks),
    open: async () => {
      await tasks.open();
      await images.open();
      await library.open();
      await uploads.open();
      await disks.open();
      await recordings.open();
    },
    close: async () => {
      await recordings.close();
      await uploads.close();
      await tasks.close();
      await images.close();
    },
  };
}

function machineParts(
  images: ImageService,
  library: ImageLibrary,
  disks: DiskService,
): MachineParts {
  return {
    checkBoot: async (boot) => {
      if (boot.from === 'default') return;
      await library.expect(boot.kernelId, 'kernel');
      if (boot.initrdId !== null) await library.expect(boot.initrdId, 'initrd');
    },
    bootFiles: async (boot, signal, onWait) => {
      if (boot.from === 'default') return await images.ready(signal, onWait);
      const { kernelId, initrdId } = boot;
      const kernel = await library.pathOf(kernelId, 'kernel');
      if (initrdId === null) return { kernel, cmdline: '' };
      return { kernel, initrd: await library.pathOf(initrdId, 'initrd'), cmdline: '' };
    },
    disks: (vmId) => disks.specsFor(vmId),
    releaseDisks: (vmId) => disks.releaseAll(vmId),
  };
}

function namesOfUsers(machines: readonly Machine[], imageId: string): string[] {
  return machines
    .filter(({ config: { boot } }) => {
      return boot.from === 'kernel' && (boot.kernelId === imageId || boot.initrdId === imageId);
    })
    .map(({ name }) => `the machine "${name}"`);
}
