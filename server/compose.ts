import { AuditService } from './audit/audit-service';
import { AuditStore } from './audit/audit-store';
import { composeStorage } from './compose-storage';
import type { Options } from './config/options';
import { openDatabase } from './database/database';
import type { HostAgent } from './host/agent';
import { BasePath } from './http/base-path';
import { IdempotencyService } from './idempotency/idempotency-service';
import type { ImageBuilder } from './images/image-builder';
import type { Log } from './log/log';
import { daysBefore, Maintenance } from './maintenance/maintenance';
import { BlockStore } from './metrics/block-store';
import { MetricsHistory } from './metrics/metrics-history';
import type { Services } from './registry';
import { SettingsService } from './settings/settings-service';
import { ConsoleTickets } from './streams/console-tickets';
import { EventBus } from './streams/event-bus';
import { SseStreams } from './streams/sse';
import { FirstRunService } from './users/first-run';
import { GrantSweeper } from './users/grant-sweeper';
import { Revocations } from './users/revocations';
import { SessionService } from './users/session-service';
import { SignInService } from './users/sign-in';
import { TokenService } from './users/token-service';
import { UserService } from './users/user-service';
import { UserStore } from './users/user-store';
import { VmHistory } from './vms/vm-history';
import { VmService } from './vms/vm-service';
import { VmStore } from './vms/vm-store';

export interface Parts {
  readonly options: Pick<Options, 'database' | 'directories' | 'origins' | 'basePath'>;
  readonly version: string;
  /** Absolute path of prisma/migrations. */
  readonly migrations: string;
  readonly agent: HostAgent;
  readonly imageBuilder: ImageBuilder;
  readonly log: Log;
  /** Another console has the database now: nothing may be written any more. */
  readonly onDatabaseTaken?: () => void;
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
    ...(parts.onDatabaseTaken === undefined ? {} : { onTaken: parts.onDatabaseTaken }),
  });
  for (const migration of applied) log.info('the database was brought up to date', { migration });
  const events = new EventBus();
  const userStore = new UserStore(database);
  const revocations = new Revocations();
  const sessions = new SessionService(database, revocations);
  const tokens = new TokenService(database, revocations);
  const sweeper = new GrantSweeper(database, revocations, log);
  const idempotency = new IdempotencyService(database);
  const audit = new AuditService(new AuditStore(database), log);
  const settings = new SettingsService(database, log);
  const history = new VmHistory(database, log);
  const metrics = new MetricsHistory(new BlockStore(database), agent, log);
  const {
    machineParts,
    open,
    close: closeStorage,
    ...storage
  } = composeStorage({
    database,
    directory: options.directories.data,
    imageBuilder: parts.imageBuilder,
    machines: () => vms,
    ...{ agent, settings, events, log },
  });
  const vms: VmService = new VmService({
    store: new VmStore(database),
    history,
    metrics,
    agent,
    parts: machineParts,
    limits: () => settings.get().capacity,
    bus: events,
    log,
  });
  const maintenance = new Maintenance(
    [
      { name: 'audit', prune: ({ auditDays }, now) => audit.prune(daysBefore(now, auditDays)) },
      { name: 'events', prune: ({ eventDays }, now) => history.prune(daysBefore(now, eventDays)) },
      {
        name: 'recordings',
        prune: (retention, now) => storage.recordings.prune(retention, now),
      },
      { name: 'metrics', prune: () => metrics.prune() },
      { name: 'idempotency keys', prune: () => idempotency.prune() },
    ],
    () => settings.get().retention,
    log,
  );
  const services: Services = {
    version,
    origins: options.origins,
    basePath: new BasePath(options.basePath),
    log,
    agent,
    vms,
    history,
    metrics,
    settings,
    ...storage,
    sessions,
    tokens,
    users: new UserService(userStore, revocations),
    revocations,
    audit,
    idempotency,
    signIn: new SignInService(userStore),
    firstRun: new FirstRunService(userStore),
    tickets: new ConsoleTickets(),
    events,
    streams: new SseStreams(),
  };
  try {
    await settings.open();
    await idempotency.open();
    await open();
    await vms.open();
    metrics.open();
    storage.tasks.begin();
    maintenance.begin();
    sweeper.begin();
  } catch (error) {
    await closeStorage().catch(() => {});
    await agent.close();
    await close();
    throw error;
  }
  return {
    services,
    close: async () => {
      await maintenance.close();
      await sweeper.close();
      // Starts first: one that waits for the image shall not take the build's end for its failure.
      await vms.close();
      await history.close();
      await metrics.close();
      await closeStorage();
      await agent.close();
      await audit.close();
      await close();
    },
  };
}
