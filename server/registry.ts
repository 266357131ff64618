import type { AuditService } from './audit/audit-service';
import type { DiskService } from './disks/disk-service';
import type { HostAgent } from './host/agent';
import type { BasePath } from './http/base-path';
import type { IdempotencyService } from './idempotency/idempotency-service';
import type { ImageService } from './images/image-service';
import type { ImageImport } from './images/library/image-import';
import type { ImageLibrary } from './images/library/image-library';
import type { Log } from './log/log';
import type { MetricsHistory } from './metrics/metrics-history';
import type { RecordingService } from './recordings/recording-service';
import type { SettingsService } from './settings/settings-service';
import type { ConsoleTickets } from './streams/console-tickets';
import type { EventBus } from './streams/event-bus';
import type { SseStreams } from './streams/sse';
import type { TaskService } from './tasks/task-service';
import type { UploadService } from './uploads/upload-service';
import type { FirstRunService } from './users/first-run';
import type { Revocations } from './users/revocations';
import type { SessionService } from './users/session-service';
import type { SignInService } from './users/sign-in';
import type { TokenService } from './users/token-service';
import type { UserService } from './users/user-service';
import type { VmHistory } from './vms/vm-history';
import type { VmService } from './vms/vm-service';

/** What the routes call. Only types: a route's bundle must not hold a second copy of a service. */
export interface Services {
  readonly version: string;
  /** Origins besides the console's own that its pages may come from. */
  readonly origins: readonly string[];
  /** Where on its origin a proxy shows the console. */
  readonly basePath: BasePath;
  readonly log: Log;
  readonly agent: HostAgent;
  readonly vms: VmService;
  readonly history: VmHistory;
  readonly metrics: MetricsHistory;
  readonly settings: SettingsService;
  readonly tasks: TaskService;
  /** The default image. */
  readonly images: ImageService;
  /** Images people brought. */
  readonly library: ImageLibrary;
  readonly imports: ImageImport;
  readonly uploads: UploadService;
  readonly disks: DiskService;
  readonly recordings: RecordingService;
  readonly sessions: SessionService;
  readonly tokens: TokenService;
  readonly users: UserService;
  readonly revocations: Revocations;
  readonly audit: AuditService;
  readonly idempotency: IdempotencyService;
  readonly signIn: SignInService;
  readonly firstRun: FirstRunService;
  readonly tickets: ConsoleTickets;
  readonly events: EventBus;
  readonly streams: SseStreams;
}

/** Next compiles the routes apart from main.ts; the global object is what both share. */
const KEY = Symbol.for('virtdeck.services');
type Shared = { [KEY]?: Services };

export function provideServices(services: Services): void {
  (globalThis as Shared)[KEY] = services;
}

/** @throws Error in a process that main.ts did not start, for example `next start` */
export function services(): Services {
  const provided = (globalThis as Shared)[KEY];
  if (provided === undefined) {
    throw new Error('the services are not there: start the console with `npm run up`');
  }
  return provided;
}
