import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeServices } from '../compose';
import { MIGRATIONS, makeTestPlace } from '../database/testing/test-database';
import { FakeAgent } from '../host/testing/fake-agent';
import type { ImageBuilder } from '../images/image-builder';
import { silentLog } from '../log/log';
import type { Services } from '../registry';

export interface TestConsoleOptions {
  readonly imageBuilder?: ImageBuilder;
  readonly origins?: readonly string[];
  readonly basePath?: string;
}

/** The services of a console over a fake host, with a database and directories of their own. */
export interface TestConsole {
  readonly services: Services;
  readonly agent: FakeAgent;
  readonly directory: string;
  /** Closes the services and removes what they kept. */
  close(): Promise<void>;
}

const IMAGE = {
  kernel: '/k',
  cmdline: '',
  digest: 'sha256:0',
  kernelVersion: '6.1',
  sizeBytes: 1,
  builtAt: '2026-01-01T00:00:00.000Z',
};
const BUILT: ImageBuilder = { find: async () => IMAGE, build: async () => IMAGE };

export async function openTestConsole(options: TestConsoleOptions = {}): Promise<TestConsole> {
  const directory = await mkdtemp(join(tmpdir(), 'virtdeck-console-'));
  const place = await makeTestPlace();
  const agent = new FakeAgent();
  const composed = await composeServices({
    options: {
      database: place.location,
      directories: { data: directory, run: directory, images: directory },
      origins: options.origins ?? [],
      basePath: options.basePath ?? '',
    },
    version: '1.2.3',
    migrations: MIGRATIONS,
    agent,
    imageBuilder: options.imageBuilder ?? BUILT,
    log: silentLog,
  });
  return {
    services: composed.services,
    agent,
    directory,
    close: async () => {
      await composed.close();
      await place.remove();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
