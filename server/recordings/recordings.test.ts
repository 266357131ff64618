import { appendFile, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRecordingSchema, type Recording, recordingQuerySchema } from '../api/recordings';
import { FakeConsole } from '../host/testing/fake-console';
import { TestStorage } from '../storage/testing/test-storage';
import { eventually } from '../testing/eventually';
import { problemOf } from '../testing/problems';

const USER = { id: 'u', name: 'ada', role: 'operator' } as const;
const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;

let test: TestStorage;
let guest: FakeConsole;

beforeEach(async () => {
  test = await TestStorage.open();
  guest = await machine('vm');
});
afterEach(() => test.close());

async function machine(id: string): Promise<FakeConsole> {
  await test.addMachine(id, 'running');
  const console = new FakeConsole('e1', true);
  test.consoles.set(id, console);
  return console;
}

const recordings = () => test.storage.recordings;
const start = (vmId = 'vm', input = {}) =>
  recordings().start(vmId, createRecordingSchema.parse(input), USER);
const list = async (query = {}) =>
  (await recordings().list(recordingQuerySchema.parse(query))).items;
const fileOf = ({ id }: Recording) => join(test.directory, 'recordings', `${id}.cast`);
const filesThere = () => readdir(join(test.directory, 'recordings'));

type Cast = [header: Record<string, unknown>, ...events: [number, string, string][]];

async function castOf({ id }: Recording): Promise<Cast> {
  const { stream } = await recordings().cast(id);
  const lines = (await text(stream)).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line)) as Cast;
}

function untilEnded({ id }: Recording): Promise<Recording> {
  return eventually(async () => {
    const recording = await recordings().get(id);
    expect(recording.endedAt).not.toBeNull();
    return recording;
  });
}

describe('a recording', () => {
  it('holds what was printed, and when, as an asciicast v2', async () => {
    const recording = await start();
    expect(recording).toMatchObject({ state: 'recording', vmId: 'vm', user: { name: 'ada' } });
    expect(test.openedAt).toEqual(['end']);
    guest.print('boo');
    guest.print('t\r\n');
    await new Promise((resolve) => setTimeout(resolve, 50));
    // Half a character, then the rest; then what is no UTF-8 at all.
    guest.print(Buffer.from('é').subarray(0, 1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    guest.print(Buffer.from('é').subarray(1));
    guest.sink?.skipped(7, 100);
    guest.print(Uint8Array.of(0xff));
    const ended = await recordings().stop(recording.id);
    expect(ended).toMatchObject({ state: 'ended', endedAt: expect.any(String) });
    expect(guest.closed).toBe(true);
    const [header, ...events] = await castOf(recording);
    expect(header).toMatchObject({ version: 2, width: 80, height: 25, title: 'vm' });
    expect(header['timestamp']).toBe(Math.floor(Date.parse(recording.startedAt) / 1000));
    expect(events.map(([, kind, data]) => [kind, data])).toEqual([
      ['o', 'boot\r\n'],
      ['o', 'é'],
      ['m', '7 bytes missed'],
      ['o', '�'],
    ]);
    const times = events.map(([time]) => time);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[1] ?? 0).toBeGreaterThanOrEqual(0.05);
    expect(times.at(-1) ?? 0).toBeLessThan(5);
    expect((await readFile(fileOf(recording))).length).toBe(ended.sizeBytes);
    const states = test.events.map((event) =>
      event.type === 'recording.changed' ? event.recording.state : event.type,
    );
    expect(states).toEqual(['recording', 'ended']);
  });

  it('can begin with what is kept from the start of the machine', async () => {
    await start('vm', { from: 'start' });
    expect(test.openedAt).toEqual([0]);
  });

  it('ends with the machine', async () => {
    const recording = await start();
    guest.print('last words');
    guest.sink?.ended();
    expect(await untilEnded(recording)).toMatchObject({ state: 'ended' });
    expect((await castOf(recording)).at(-1)).toEqual([expect.any(Number), 'o', 'last words']);
    expect((await problemOf(recordings().stop(recording.id))).code).toBe('recording-ended');
  });

  it('can be looked at while it goes on', async () => {
    const recording = await start();
    guest.print('now');
    await eventually(async () => expect((await castOf(recording)).length).toBe(2));
    expect((await list())[0]?.sizeBytes).toBeGreaterThan(0);
  });

  it('is one of a machine at a time, and only of one that runs', async () => {
    const first = start();
    const second = problemOf(start());
    await first;
    expect((await second).code).toBe('already-recording');
    await test.addMachine('off');
    expect((await problemOf(start('off'))).code).toBe('not-running');
    expect((await problemOf(start('nowhere'))).status).toBe(404);
    const late = new FakeConsole('e1', false);
    await machine('late');
    test.consoles.set('late', late);
    expect((await problemOf(start('late'))).code).toBe('not-running');
    expect(late.closed).toBe(true);
    expect(await filesThere()).toHaveLength(1);
    expect(await list()).toHaveLength(1);
  });

  it('ends where it is as large as it may be, in a file that is whole', async () => {
    test.settings.recordings.maxBytes = MIB;
    const recording = await start();
    for (let i = 0; i < 40; i += 1) {
      guest.print('x'.repeat(64 * 1024));
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    expect(await untilEnded(recording)).toMatchObject({ state: 'full' });
    const { sizeBytes } = await recordings().get(recording.id);
    expect(sizeBytes).toBeLessThanOrEqual(MIB);
    expect(sizeBytes).toBeGreaterThan(MIB - 70 * 1024);
    expect((await castOf(recording)).length).toBe(16);
    expect(guest.closed).toBe(true);
  });

  it('ends when the disk is nearly full, and gives back what it did not need', async () => {
    const recording = await start();
    guest.print('fits');
    await eventually(async () => expect((await castOf(recording)).length).toBe(2));
    test.settings.capacity.freeDiskBytes = 2 ** 50;
    for (let i = 0; i < 20; i += 1) {
      guest.print('x'.repeat(128 * 1024));
      await new Promise((resolve) => setTimeout(resolve, 12));
    }
    expect(await untilEnded(recording)).toMatchObject({ state: 'full' });
    expect((await castOf(recording))[1]?.[2]).toBe('fits');
    await machine('other');
    expect((await problemOf(start('other'))).code).toBe('disk-full');
    test.settings.capacity.freeDiskBytes = 0;
    await start('other');
  });

  it('that ends while the database cannot be written has ended for everybody', async () => {
    const recording = await start();
    guest.print('seen');
    const full = vi.spyOn(test.database.recording, 'updateMany');
    full.mockRejectedValue(new Error('disk full'));
    guest.sink?.ended();
    expect(await untilEnded(recording)).toMatchObject({ state: 'ended' });
    expect(await list()).toMatchObject([{ state: 'ended' }]);
    full.mockRestore();
    await test.restart();
    expect(await list()).toMatchObject([{ id: recording.id, state: 'ended' }]);
  });

  it('does not let a guest that floods its console fill the memory', async () => {
    const recording = await start();
    let printed = 0;
    while (!guest.paused && printed < 64 * MIB) {
      guest.print('x'.repeat(64 * 1024));
      printed += 64 * 1024;
    }
    expect(printed).toBeLessThan(2 * MIB);
    await eventually(() => expect(guest.paused).toBe(false));
    await recordings().stop(recording.id);
  });

  it('is deleted with its file, also while it goes on', async () => {
    const recording = await start();
    await recordings().delete(recording.id);
    expect(guest.closed).toBe(true);
    expect(await filesThere()).toEqual([]);
    expect(await list()).toEqual([]);
    expect((await problemOf(recordings().cast(recording.id))).status).toBe(404);
    expect(test.events.at(-1)).toEqual({ type: 'recording.deleted', id: recording.id });
  });
});

describe('recordings', () => {
  it('are listed by pages, newest first, and by machine', async () => {
    const made: string[] = [];
    for (const id of ['a', 'b', 'c']) {
      await machine(id);
      made.unshift((await start(id)).id);
    }
    const first = await recordings().list(recordingQuerySchema.parse({ limit: '2' }));
    const second = await recordings().list(
      recordingQuerySchema.parse({ limit: '2', cursor: first.nextCursor }),
    );
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(made);
    expect(second.nextCursor).toBeNull();
    expect((await list({ vmId: 'b' })).map(({ vmName }) => vmName)).toEqual(['b']);
  });

  it('that a crash cut off are whole again after the next start', async () => {
    const recording = await start();
    guest.print('seen');
    await recordings().stop(recording.id);
    // As a SIGKILL leaves it.
    await test.database.recording.updateMany({ data: { state: 'recording', endedAt: null } });
    await appendFile(fileOf(recording), '[1.5,"o","hal');
    const row = { vmId: 'vm', vmName: 'vm', userId: 'u', userName: 'ada', sizeBytes: 0n };
    await test.database.recording.create({
      data: { id: crypto.randomUUID(), ...row, state: 'recording', startedAt: new Date() },
    });
    await test.restart();
    expect(await list()).toMatchObject([{ id: recording.id, state: 'ended' }]);
    const [, ...events] = await castOf(recording);
    expect(events.map(([, , data]) => data)).toEqual(['seen']);
  });

  it('end in order with the console', async () => {
    const recording = await start();
    guest.print('until here');
    await test.restart();
    expect(await recordings().get(recording.id)).toMatchObject({ state: 'ended' });
    expect((await castOf(recording)).at(-1)?.[2]).toBe('until here');
  });

  it('that are too old, or too many, are pruned; what goes on stays', async () => {
    const old = await start();
    await recordings().stop(old.id);
    const startedAt = new Date(Date.now() - 8 * DAY_MS);
    await test.database.recording.updateMany({ data: { startedAt } });
    const large = await start();
    guest.print('x'.repeat(1000));
    await recordings().stop(large.id);
    const newest = await start();
    guest.print('y'.repeat(1000));
    await eventually(async () => expect((await castOf(newest)).length).toBe(2));
    const keep = { ...test.settings.retention, recordingDays: 7 };
    await recordings().prune(keep, new Date());
    expect((await list()).map(({ id }) => id)).toEqual([newest.id, large.id]);
    await recordings().prune({ ...keep, recordingBytes: 1500 }, new Date());
    expect((await list()).map(({ id }) => id)).toEqual([newest.id]);
    expect(await filesThere()).toHaveLength(1);
  });

  it('whose file is gone say so', async () => {
    const recording = await start();
    await recordings().stop(recording.id);
    await rm(fileOf(recording));
    expect((await problemOf(recordings().cast(recording.id))).status).toBe(404);
  });
});
