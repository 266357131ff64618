import type { Image } from '../api/images';
import type { TaskUser } from '../api/tasks';
import { type Log, messageOf } from '../log/log';
import { isProblemError, ProblemError } from '../problems/problem-error';
import type { EventBus } from '../streams/event-bus';
import type { TaskService } from '../tasks/task-service';
import type { TaskContext } from '../tasks/task-work';
import type { BootImage, BuildProgress, BuiltImage, ImageBuilder } from './image-builder';

const NAME = 'Default Linux';
/** A build says much more than a person can read. */
const PROGRESS_STEP_MS = 250;

/** The default image: absent, building, ready or failed, and who waits for it. */
export class ImageService {
  private status: Image['status'] = { state: 'absent' };
  private built: BuiltImage | undefined;
  private building: Promise<BuiltImage> | undefined;
  private lastProgressAt = 0;

  constructor(
    private readonly builder: ImageBuilder,
    private readonly tasks: Pick<TaskService, 'run'>,
    private readonly bus: EventBus,
    private readonly log: Log,
    private readonly now: () => number = Date.now,
  ) {}

  /** Looks whether the image is there. What is wrong with it is told, and hinders nothing else. */
  async open(): Promise<void> {
    try {
      const found = await this.builder.find();
      if (found !== undefined) this.accept(found);
    } catch (error) {
      this.log.error('the default image cannot be looked for', { cause: messageOf(error) });
      this.set({ state: 'failed', problem: buildFailed(error).problem });
    }
  }

  get(): Image {
    return { id: 'default', name: NAME, status: this.status };
  }

  /**
   * Builds the image, as a task, unless it is there or being built.
   * @param user who asks; null when the console does so by itself
   * @returns what it is now
   */
  build(user: TaskUser | null): Image {
    if (this.built === undefined) this.startBuild(user);
    return this.get();
  }

  /**
   * The image, built first when it has to be.
   * @param onWait called when there is something to wait for
   * @param signal gives up the waiting; the build goes on
   * @throws ProblemError when it cannot be built
   */
  async ready(signal: AbortSignal, onWait: (what: string) => void): Promise<BootImage> {
    if (this.built !== undefined) return this.built;
    const building = this.startBuild(null);
    onWait('building the default image');
    return await unlessAborted(building, signal);
  }

  /** Waits for a build that is being given up: the tasks are closed first. */
  async close(): Promise<void> {
    await this.building?.catch(() => {});
  }

  private startBuild(user: TaskUser | null): Promise<BuiltImage> {
    if (this.building === undefined) {
      this.set({ state: 'building', step: 'Beginning', detail: null, fraction: 0 });
      const building = this.runBuild(user).finally(() => {
        this.building = undefined;
      });
      // Those who wait see the failure; with nobody waiting it is in the status.
      building.catch(() => {});
      this.building = building;
    }
    return this.building;
  }

  private async runBuild(user: TaskUser | null): Promise<BuiltImage> {
    let built: BuiltImage | undefined;
    try {
      const { done } = await this.tasks.run({
        kind: 'image.build',
        lane: 'build',
        resource: { kind: 'image', id: 'default', name: NAME },
        user,
        work: async (context) => {
          built = await this.buildWith(context);
          return { digest: built.digest };
        },
      });
      await done;
      if (built === undefined) throw new Error('the build ended without an image');
      this.accept(built);
      return built;
    } catch (error) {
      const failure = isProblemError(error) ? error : buildFailed(error);
      const isCancelled = failure.problem.code === 'task-cancelled';
      this.set(isCancelled ? { state: 'absent' } : { state: 'failed', problem: failure.problem });
      throw failure;
    }
  }

  private async buildWith({ signal, progress, log }: TaskContext): Promise<BuiltImage> {
    try {
      return await this.builder.build({
        signal,
        onProgress: (told) => {
          this.onProgress(told);
          progress(told.fraction, told.step);
          log(told.detail ?? told.step);
        },
      });
    } catch (error) {
      signal.throwIfAborted();
      this.log.error('the default image could not be built', { cause: messageOf(error) });
      throw buildFailed(error);
    }
  }

  private onProgress({ step, detail, fraction }: BuildProgress): void {
    const changed = this.status.state !== 'building' || this.status.step !== step;
    if (!changed && this.now() - this.lastProgressAt < PROGRESS_STEP_MS) return;
    this.lastProgressAt = this.now();
    this.set({
      state: 'building',
      step,
      detail: detail ?? null,
      fraction: Math.min(1, Math.max(0, fraction)),
    });
  }

  private accept(built: BuiltImage): void {
    this.built = built;
    const { digest, kernelVersion, sizeBytes, builtAt } = built;
    this.set({ state: 'ready', digest, kernelVersion, sizeBytes, builtAt });
  }

  private set(status: Image['status']): void {
    this.status = status;
    this.bus.publish({ type: 'image.changed', image: this.get() });
  }
}

/** Errors of the builder say by `code` what went wrong and by `hint` what to do. */
function buildFailed(error: unknown): ProblemError {
  const told = error instanceof Error ? (error as { code?: unknown; hint?: unknown }) : {};
  // Errors of Node have codes too, in capitals.
  const code = typeof told.code === 'string' && /^[a-z-]+$/.test(told.code) ? told.code : undefined;
  return new ProblemError({
    status: 500,
    code: code === undefined ? 'image-build-failed' : `image-${code}`,
    title: 'The image could not be built',
    detail: `The default image could not be built: ${messageOf(error)}`,
    hint:
      typeof told.hint === 'string' ? told.hint : 'Remove the cause, then build the image again.',
  });
}

function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
