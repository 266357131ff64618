import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { DiskEngine, EngineClient } from './disk-engine';
import { DiskRequestKind } from './disk-io';
import { DiskQueue } from './disk-queue';
import { TestDisk } from './testing/test-disk';
import { buildWorkerProgram } from './testing/worker-program';
import { ThreadEngine } from './thread-disk';
import { UringEngine } from './uring-disk';

const { EBADF, EINVAL, EIO, ENOSPC } = os.constants.errno;
const TAGS = 16;

const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'engines-'));
const workerProgram = path.join(directory, 'worker.cjs');
beforeAll(() => buildWorkerProgram(workerProgram));
afterAll(() => fs.rmSync(directory, { recursive: true }));

const threadOn = (fd: number, client: EngineClient): DiskEngine =>
  new ThreadEngine(fd, TAGS, workerProgram, client);
const uringOn = (fd: number, client: EngineClient): DiskEngine => new UringEngine(fd, TAGS, client);

/** Requests on any file at all, without what openDisk() checks. */
function requestsOn(
  file: string,
  flags: 'r' | 'r+',
  engineOn: (fd: number, client: EngineClient) => DiskEngine,
): TestDisk {
  const fd = fs.openSync(file, flags);
  const bounds = { readOnly: false, sizeBytes: 2 ** 30, offsetAlignment: 1 };
  const driver = new TestDisk(
    TAGS,
    (callbacks) =>
      new DiskQueue(bounds, TAGS, callbacks, undefined, (client) => engineOn(fd, client)),
  );
  onTestFinished(async () => {
    await driver.io.drain();
    driver.io.close();
    fs.closeSync(fd);
  });
  return driver;
}

function image(bytes: number): string {
  const file = path.join(directory, 'image');
  fs.writeFileSync(file, Buffer.alloc(bytes, 7));
  return file;
}

describe.each([
  ['io_uring', uringOn],
  ['thread', threadOn],
] as const)('the errors of the kernel, by %s', (_name, engineOn) => {
  it('arrive with the request: no space is left', async () => {
    const driver = requestsOn('/dev/full', 'r+', engineOn);
    expect(await driver.write(0, Buffer.alloc(4096))).toBe(-ENOSPC);
    const pieces = { lengths: [512, 512], misalignment: 0 };
    expect(await driver.write(0, Buffer.alloc(1024), pieces)).toBe(-ENOSPC);
  });

  it('arrive with the request: the medium cannot be read', async () => {
    // Nothing is mapped there, which this file reports as a medium would.
    const driver = requestsOn('/proc/self/mem', 'r', engineOn);
    await expect(driver.read(0, 4096)).rejects.toThrow(`read -${EIO} of 4096 bytes`);
  });

  it('arrive with the request: not open for that', async () => {
    const driver = requestsOn(image(8192), 'r', engineOn);
    expect(await driver.write(0, Buffer.alloc(512))).toBe(-EBADF);
    expect(await driver.command(DiskRequestKind.discard, 0, 4096)).toBe(-EBADF);
  });

  it('arrive with the request: a flush that cannot be', async () => {
    const driver = requestsOn('/dev/full', 'r+', engineOn);
    expect(await driver.command(DiskRequestKind.flush)).toBe(-EINVAL);
  });

  it('do not touch the requests beside them', async () => {
    const driver = requestsOn(image(8192), 'r', engineOn);
    const results = await Promise.allSettled(
      Array.from({ length: TAGS }, (_, i) =>
        i % 2 === 0 ? driver.write(0, Buffer.alloc(512)) : driver.read(i * 16, 16),
      ),
    );
    expect(results.map((one) => one.status === 'fulfilled' && one.value)).toEqual(
      results.map((_, i) => (i % 2 === 0 ? -EBADF : Buffer.alloc(16, 7))),
    );
  });
});

describe('an io_uring', () => {
  it('does not wake the event loop for what was complete within the kick', async () => {
    let wakes = 0;
    const driver = requestsOn(image(8192), 'r', (fd, client) => {
      const counting: EngineClient = {
        performed: (slot, result) => client.performed(slot, result),
        ready: () => {
          wakes += 1;
          client.ready();
        },
      };
      return uringOn(fd, counting);
    });
    await driver.read(0, 8192);
    // The watch begins with the first turn of the loop.
    await sleep(10);
    wakes = 0;
    for (let i = 0; i < 10; i++) {
      await driver.read(0, 4096);
      await sleep(1);
    }
    expect(wakes).toBe(0);
    await driver.command(DiskRequestKind.flush);
    expect(wakes).toBe(1);
  });
});

describe("a disk's thread", () => {
  it('that ends by itself takes its requests with it, and all that follow', async () => {
    const broken = path.join(directory, 'broken.cjs');
    fs.writeFileSync(broken, 'process.exit(1);');
    const driver = requestsOn(
      image(8192),
      'r+',
      (fd, client) => new ThreadEngine(fd, TAGS, broken, client),
    );
    const written = [driver.write(0, Buffer.alloc(512)), driver.write(512, Buffer.alloc(512))];
    expect(await Promise.all(written)).toEqual([-EIO, -EIO]);
    expect(await driver.command(DiskRequestKind.flush)).toBe(-EIO);
  });
});
