import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import next from 'next';
import { composeServices } from './compose';
import { prepareDirectories } from './config/directories';
import { lockDirectory } from './config/instance-lock';
import type { Options } from './config/options';
import { StartError } from './config/start-error';
import { LocalAgent } from './host/local-agent';
import { ConsoleServer } from './http/console-server';
import type { ImageBuilder } from './images/image-builder';
import type { Log } from './log/log';
import { provideServices, type Services } from './registry';
import { ConsoleUpgrade } from './streams/console-upgrade';

const KVM_DEVICE = '/dev/kvm';
const STOP_WORD = 'the console is stopping';

export interface ConsoleParts {
  readonly options: Options;
  /** Where package.json, prisma/ and app/ are. */
  readonly root: string;
  readonly version: string;
  /** The bundle of a monitor. */
  readonly monitorPath: string;
  readonly imageBuilder: ImageBuilder;
  readonly log: Log;
}

export interface RunningConsole {
  /** What people open. */
  readonly address: string;
  readonly services: Services;
  /** In order: no new requests, streams closed with a word, the database last. Machines go on. */
  stop(): Promise<void>;
}

/**
 * Starts the console: locks, port, services, pages.
 * @throws StartError with the next step, when something on this host stands in the way
 */
export async function startConsole(parts: ConsoleParts): Promise<RunningConsole> {
  const { options, root, log } = parts;
  const { data, run } = options.directories;
  prepareDirectories(options.directories);
  const unlockData = lockDirectory(data, 'VIRTDECK_DATA');
  const unlockRun = lockDirectory(run, 'VIRTDECK_RUN');
  process.once('exit', () => {
    unlockRun();
    unlockData();
  });

  if (!options.development) checkBuiltFor(options.basePath, root);
  const server = new ConsoleServer({ ...options, log });
  const address = await server.listen();
  const { services, close } = await composeServices({
    options,
    version: parts.version,
    migrations: join(root, 'prisma/migrations'),
    agent: new LocalAgent({
      runDirectory: run,
      dataDirectory: data,
      machinesDirectory: join(data, 'machines'),
      monitorPath: parts.monitorPath,
      kvmDevice: KVM_DEVICE,
      warmMonitors: options.warmMonitors,
      log,
    }),
    imageBuilder: parts.imageBuilder,
    log,
    onDatabaseTaken: () => {
      log.error('another console has taken the database; this one ends, and machines go on');
      process.exit(1);
    },
  });
  provideServices(services);

  // Next listens for upgrades on whatever server it finds and ends those it does not know, ours
  // among them. It is given one that never listens, and of upgrades those that are not ours.
  const forPages = createServer();
  const pages = next({ dev: options.development, dir: root, httpServer: forPages });
  await pages.prepare();
  const consoles = new ConsoleUpgrade(services);
  server.serve({
    request: pages.getRequestHandler(),
    upgrade: async (request, socket, head) => {
      if (!forPages.emit('upgrade', request, socket, head)) socket.destroy();
    },
    consoles,
  });
  return {
    address,
    services,
    stop: async () => {
      const closed = server.close();
      services.streams.closeAll(STOP_WORD);
      consoles.close(STOP_WORD);
      await closed;
      await pages.close();
      await close();
      unlockRun();
      unlockData();
    },
  };
}

/** Next puts the path into the pages when it builds them. @throws StartError when it was another */
function checkBuiltFor(basePath: string, root: string): void {
  const manifest = readFileSync(join(root, '.next/required-server-files.json'), 'utf8');
  const { config } = JSON.parse(manifest) as { config: { basePath?: string } };
  if ((config.basePath ?? '') === basePath) return;
  throw new StartError(
    `The pages were built for the path "${config.basePath || '/'}", not for "${basePath || '/'}".`,
    'Give VIRTDECK_BASE_PATH to `npm run up`, which builds them anew, or to `npm run build` too.',
  );
}
