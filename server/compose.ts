import type { Options } from './config/options';
import { openDatabase } from './database/database';
import type { HostAgent } from './host/agent';
import type { ImageBuilder } from './images/image-builder';
import { ImageService } from './images/image-service';
import type { Log } from './log/log';
import type { Services } from './registry';
import { SettingsService } from './settings/settings-service';
import { ConsoleTickets } from './streams/console-tickets';
import { EventBus } from './streams/event-bus';
import { SseStreams } from './streams/sse';
import { FirstRunService } from './users/first-run';
import { SessionService } from './users/session-service';
import { SignInService } from './users/sign-in';
import { UserStore } from './users/user-store';
import { VmHistory } from './vms/vm-history';
import { VmService } from './vms/vm-service';
import { VmStore } from './vms/vm-store';

export interface Parts {
  readonly options: Pick<Options, 'database' | 'directories' | 'origins'>;
  readonly version: string;
  /** Absolute path of prisma/migrations. */
  readonly migrations: string;
  readonly agent: HostAgent;
  readonly imageBuilder: ImageBuilder;
  readonly log: Log;
}

export interface Composed {
  readonly services: Services;
  /** In order: nothing new begins, what runs is let go of, the database last. Machines go on. */
  close(): Promise<void>;
}

/**
 * Puts the services together and takes up the machines that run. The caller holds the locks of the
 * directories.
 */
export async function composeServices(parts: Parts): Promise<Composed> {
  const { options, version, agent, log } = parts;
  const { database, applied, close } = await openDatabase({
    location: options.database,
    migrations: parts.migrations,
  });
  for (const migration of applied) log.info('the database was brought up to date', { migration });
  const events = new EventBus();
  const users = new UserStore(database);
  const images = new ImageService(parts.imageBuilder, events, log);
  const settings = new SettingsService(database, log);
  const history = new VmHistory(database, log);
  const vms = new VmService({
    store: new VmStore(database),
    history,
    agent,
    parts: {
      bootFiles: (_boot, signal, onWait) => images.ready(signal, onWait),
      disks: async () => [],
      releaseDisks: async () => {},
    },
    limits: () => settings.get().capacity,
    bus: events,
    log,
  });
  const services: Services = {
    version,
    origins: options.origins,
    log,
    agent,
    vms,
    history,
    settings,
    images,
    sessions: new SessionService(database),
    signIn: new SignInService(users),
    firstRun: new FirstRunService(users),
    tickets: new ConsoleTickets(),
    events,
    streams: new SseStreams(),
  };
  try {
    await settings.open();
    await images.open();
    await vms.open();
  } catch (error) {
    await agent.close();
    await close();
    throw error;
  }
  return {
    services,
    close: async () => {
      // Starts first: one that waits for the image shall not take the build's end for its failure.
      await vms.close();
      await history.close();
      await images.close();
      await agent.close();
      await close();
    },
  };
}
