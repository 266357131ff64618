import { randomUUID } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { CreateRecording, Recording, RecordingPage, RecordingQuery } from '../api/recordings';
import type { User } from '../api/session';
import type { Settings } from '../api/settings';
import { RetriedWrites } from '../database/retried-writes';
import type { HostAgent } from '../host/agent';
import { type Log, messageOf } from '../log/log';
import { daysBefore } from '../maintenance/maintenance';
import { notFound } from '../problems/problems';
import { KeyedLock } from '../storage/keyed-lock';
import type { SpaceLedger } from '../storage/space';
import type { StoredFiles } from '../storage/stored-files';
import type { EventBus } from '../streams/event-bus';
import { castHeader } from './cast-encoder';
import { wholeLines } from './cast-repair';
import { Recorder } from './recorder';
import { alreadyRecording, notPrinting, recordingEnded } from './recording-problems';
import type { RecordingEnd, RecordingStore } from './recording-store';

export interface RecordingParts {
  readonly store: RecordingStore;
  readonly files: StoredFiles;
  readonly space: SpaceLedger;
  readonly agent: Pick<HostAgent, 'isLive' | 'openConsole'>;
  readonly machines: { find(id: string): { readonly name: string } | undefined };
  /** Of one recording. */
  readonly maxBytes: () => number;
  readonly bus: Pick<EventBus, 'publish'>;
  readonly log: Log;
}

interface Running {
  readonly recording: Recording;
  readonly recorder: Recorder;
  /** Resolves when the row says how it ended. */
  readonly settled: Promise<void>;
}

interface Ended extends RecordingEnd {
  readonly id: string;
}

/** A recording's bytes. */
export interface Cast {
  readonly recording: Recording;
  readonly stream: Readable;
}

/** Records consoles. One recording of a machine at a time; it ends with the console that makes it. */
export class RecordingService {
  private readonly running = new Map<string, Running>();
  private readonly lock = new KeyedLock();
  private readonly ends: RetriedWrites<Ended>;

  constructor(private readonly parts: RecordingParts) {
    const { store, log } = parts;
    this.ends = new RetriedWrites(
      ({ id, ...end }) => store.end(id, end),
      ({ id }, error) =>
        log.error('the end of a recording could not be noted yet', { id, cause: messageOf(error) }),
    );
  }

  /** Brings to their end what the last console left. */
  async open(): Promise<void> {
    const { store, files, log } = this.parts;
    const all = await store.list();
    const strangers = await files.open(new Set(all.map(({ id }) => id)));
    for (const id of strangers) log.warn('nobody knows this recording', { file: files.path(id) });
    for (const { id, state } of all) {
      if (state !== 'recording') continue;
      const kept = await wholeLines(files.path(id));
      if (kept === undefined) await store.delete(id);
      else await store.end(id, { state: 'ended', ...kept });
    }
  }

  /** @throws ProblemError 404, 409 when the machine does not run or is recorded, 507 */
  start(vmId: string, { from }: CreateRecording, user: User): Promise<Recording> {
    const { store, files, space, agent, machines } = this.parts;
    return this.lock.run(vmId, async () => {
      const name = machines.find(vmId)?.name;
      if (name === undefined) throw notFound('such machine');
      if (!agent.isLive(vmId)) throw notPrinting(name);
      if (this.ofMachine(vmId) !== undefined) throw alreadyRecording(name);
      const startedAt = new Date();
      const recording: Recording = {
        id: randomUUID(),
        vmId,
        vmName: name,
        user: { id: user.id, name: user.name },
        state: 'recording',
        sizeBytes: 0,
        startedAt: startedAt.toISOString(),
        endedAt: null,
      };
      const { id } = recording;
      const reserved = await space.reserve(0);
      let file: FileHandle | undefined;
      await store.insert(recording);
      try {
        file = await open(files.path(id), 'wx', 0o600);
        const connection = await agent.openConsole(vmId, from === 'now' ? 'end' : 0);
        if (!connection.live) {
          connection.close();
          throw notPrinting(name);
        }
        const options = { maxBytes: this.parts.maxBytes(), space: reserved };
        const recorder = new Recorder(connection, file, castHeader(name, startedAt), options);
        this.running.set(id, { recording, recorder, settled: this.settle(recording, recorder) });
      } catch (error) {
        await file?.close();
        await files.purge(id);
        await store.delete(id);
        throw error;
      }
      this.parts.bus.publish({ type: 'recording.changed', recording });
      return recording;
    });
  }

  /** @throws ProblemError 404, 409 when it has ended */
  async stop(id: string): Promise<Recording> {
    const running = this.running.get(id);
    if (running === undefined) {
      await this.get(id);
      throw recordingEnded();
    }
    running.recorder.stop();
    await running.settled;
    return this.get(id);
  }

  /** @throws ProblemError 404 */
  async get(id: string): Promise<Recording> {
    const found = await this.parts.store.find(id);
    if (found === undefined) throw notFound('such recording');
    return this.asNow(found);
  }

  /** @throws ProblemError 422 */
  async list(query: RecordingQuery): Promise<RecordingPage> {
    const page = await this.parts.store.page(query);
    return { ...page, items: page.items.map((recording) => this.asNow(recording)) };
  }

  /** What there is of it; of one that goes on, until now. @throws ProblemError 404 */
  async cast(id: string): Promise<Cast> {
    const recording = await this.get(id);
    let file: FileHandle;
    try {
      file = await open(this.parts.files.path(id), 'r');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        throw notFound('file of this recording any more');
      }
      throw error;
    }
    const { sizeBytes } = recording;
    if (sizeBytes === 0) {
      await file.close();
      return { recording, stream: Readable.from([]) };
    }
    // Closes the file when it ends or is destroyed. Lines that are being written are not sent.
    return { recording, stream: file.createReadStream({ end: sizeBytes - 1 }) };
  }

  /** One that goes on is stopped first. @throws ProblemError 404 */
  async delete(id: string): Promise<void> {
    const { store, files } = this.parts;
    const running = this.running.get(id);
    running?.recorder.stop();
    await running?.settled;
    await this.get(id);
    await files.hide(id);
    await store.delete(id);
    await files.purge(id);
    this.parts.bus.publish({ type: 'recording.deleted', id });
  }

  /** Deletes what is too old, then the oldest until the rest takes no more than it may. */
  async prune({ recordingDays, recordingBytes }: Settings['retention'], now: Date): Promise<void> {
    const oldest = daysBefore(now, recordingDays).toISOString();
    let bytes = 0;
    for (const recording of await this.parts.store.list()) {
      const { id, state, sizeBytes, startedAt } = this.asNow(recording);
      bytes += sizeBytes;
      if (state === 'recording') continue;
      if (startedAt < oldest || bytes > recordingBytes) {
        await this.delete(id);
        bytes -= sizeBytes;
      }
    }
  }

  /** Ends what goes on. */
  async close(): Promise<void> {
    const all = [...this.running.values()];
    for (const { recorder } of all) recorder.stop();
    await Promise.all(all.map(({ settled }) => settled));
    await this.ends.close();
  }

  private ofMachine(vmId: string): Running | undefined {
    return [...this.running.values()].find(({ recording }) => recording.vmId === vmId);
  }

  private asNow(recording: Recording): Recording {
    const running = this.running.get(recording.id);
    if (running !== undefined) return { ...recording, sizeBytes: running.recorder.sizeBytes };
    const ended = this.ends.waiting.find(({ id }) => id === recording.id);
    return ended === undefined ? recording : asEnded(recording, ended);
  }

  private async settle(recording: Recording, recorder: Recorder): Promise<void> {
    const { bus, log } = this.parts;
    const { id } = recording;
    const { state, error } = await recorder.done;
    if (error !== undefined) log.warn('a recording broke off', { id, cause: messageOf(error) });
    const { sizeBytes } = recorder;
    const end = { state, sizeBytes, endedAt: new Date() };
    await this.ends.add({ id, ...end });
    this.running.delete(id);
    bus.publish({ type: 'recording.changed', recording: asEnded(recording, end) });
  }
}

function asEnded(recording: Recording, { state, sizeBytes, endedAt }: RecordingEnd): Recording {
  return { ...recording, state, sizeBytes, endedAt: endedAt.toISOString() };
}
