import os from 'node:os';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import { close, EventFd } from '../sys/files';
import { watchReadable } from '../sys/poll';
import type { DiskEngine, EngineClient, EngineOperation } from './disk-engine';
import type { DiskWorkerData } from './thread-disk-worker';
import { ThreadMailbox } from './thread-mailbox';

const { EIO } = os.constants.errno;

/** The thread holds a few views and objects. */
const LIMITS: ResourceLimits = {
  maxOldGenerationSizeMb: 16,
  maxYoungGenerationSizeMb: 1,
  codeRangeSizeMb: 8,
  stackSizeMb: 1,
};

/** Operations of a disk as blocking system calls of a thread of its own, one at a time. */
export class ThreadEngine implements DiskEngine {
  readonly name = 'thread';
  readonly readsCacheAtOnce = false;
  private readonly mailbox: ThreadMailbox;
  private readonly event = EventFd.create();
  private readonly stopWatching: () => void;
  private readonly busy: Uint8Array;
  private hasQueued = false;
  private isDead = false;
  private isClosed = false;

  /** @param program what a worker runs; it must call serveDisk() when it is given DiskWorkerData */
  constructor(
    fd: number,
    slots: number,
    program: string,
    private readonly client: EngineClient,
  ) {
    const memory = ThreadMailbox.create(slots);
    this.mailbox = new ThreadMailbox(memory);
    this.busy = new Uint8Array(slots);
    const data: DiskWorkerData = {
      kind: 'disk',
      fd,
      mailbox: memory,
      eventFd: this.event.fd,
    };
    const worker = new Worker(program, { resourceLimits: LIMITS, workerData: data });
    worker.on('error', (error) => this.died(error)).on('exit', () => this.exited());
    worker.unref();
    this.stopWatching = watchReadable(this.event.fd, () => {
      this.event.clear();
      this.mailbox.expectSignal();
      client.ready();
    });
  }

  queue(
    slot: number,
    operation: EngineOperation,
    address: number,
    length: number,
    offset: number,
  ): void {
    this.busy[slot] = 1;
    this.mailbox.put(slot, operation, address, length, offset);
    this.hasQueued = true;
  }

  kick(): void {
    const { mailbox } = this;
    do {
      if (this.hasQueued) {
        this.hasQueued = false;
        mailbox.give();
      }
      while (mailbox.takeResult()) {
        const { slot, result } = mailbox;
        this.busy[slot] = 0;
        this.client.performed(slot, result);
      }
      if (this.isDead) this.failAll();
    } while (this.hasQueued);
  }

  private died(error: Error): void {
    process.stderr.write(`disk thread: ${error.stack ?? error.message}\n`);
  }

  private exited(): void {
    if (this.isClosed) {
      close(this.event.fd);
      return;
    }
    this.isDead = true;
    this.client.ready();
  }

  /** Nobody will do what was given: the guest's requests fail, and so do all that follow. */
  private failAll(): void {
    this.hasQueued = false;
    for (let slot = 0; slot < this.busy.length; slot++) {
      if (this.busy[slot] === 0) continue;
      this.busy[slot] = 0;
      this.client.performed(slot, -EIO);
    }
  }

  close(): void {
    this.isClosed = true;
    this.stopWatching();
    this.mailbox.closeDown();
    if (this.isDead) close(this.event.fd);
  }
}
