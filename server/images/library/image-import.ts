import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { z } from 'zod';
import type { importImageSchema, StoredImageKind } from '../../api/images';
import type { Task, TaskUser } from '../../api/tasks';
import type { SpaceLedger } from '../../storage/space';
import type { StoredFiles } from '../../storage/stored-files';
import type { TaskService } from '../../tasks/task-service';
import type { JsonObject } from '../../tasks/task-store';
import type { TaskContext } from '../../tasks/task-work';
import type { ImportPolicy } from '../fetch/address-policy';
import { download } from '../fetch/download';
import { checkUrl } from '../fetch/open-url';
import type { Bringing, ImageLibrary } from './image-library';
import type { BroughtFile } from './intake';

const KIND = 'image.import';

export interface ImageImportParts {
  readonly library: ImageLibrary;
  readonly files: StoredFiles;
  readonly space: SpaceLedger;
  readonly tasks: TaskService;
  readonly policy: () => ImportPolicy;
  readonly maxBytes: (kind: StoredImageKind) => number;
}

interface Fetch {
  readonly id: string;
  readonly url: string;
  readonly sha256: string;
  readonly maxBytes: number;
}

/** Images that are fetched from an address. */
export class ImageImport {
  constructor(private readonly of: ImageImportParts) {
    of.tasks.onResume(KIND, ({ resource, params }) => {
      const { url, sha256, maxBytes } = params;
      const isWhole = typeof url === 'string' && typeof sha256 === 'string';
      if (!isWhole || typeof maxBytes !== 'number') return undefined;
      return of.library.job(resource.id, this.bringing({ id: resource.id, url, sha256, maxBytes }));
    });
  }

  /** @throws ProblemError 409 when the name is taken, 422 for an address nothing is fetched from */
  async begin(input: z.output<typeof importImageSchema>, user: TaskUser): Promise<Task> {
    const { name, kind, sha256 } = input;
    const url = checkUrl(input.url);
    const limit = this.of.maxBytes(kind);
    const fetch: Fetch = {
      id: randomUUID(),
      url: url.href,
      sha256,
      maxBytes: Math.min(limit, input.maxBytes ?? limit),
    };
    return await this.of.library.add(
      {
        ...{ id: fetch.id, name, kind, user },
        source: 'url',
        // What stands behind a question mark is often what lets one in.
        sourceUrl: url.origin + url.pathname,
        taskKind: KIND,
        params: paramsOf(fetch, url),
      },
      this.bringing(fetch),
    );
  }

  private bringing(fetch: Fetch): Bringing {
    return { lane: 'network', bring: (context) => this.fetch(fetch, context) };
  }

  private async fetch(fetch: Fetch, context: TaskContext): Promise<BroughtFile> {
    const { files, space, policy } = this.of;
    const { signal, progress, log } = context;
    const path = files.draft(fetch.id);
    const url = new URL(fetch.url);
    log(`Fetching from ${url.origin}${url.pathname}`);
    const reservation = await space.reserve(0);
    const file = await open(path, 'w', 0o600);
    try {
      const { bytes, sha256 } = await download(fetch.url, file, {
        policy: policy(),
        maxBytes: fetch.maxBytes,
        space: reservation,
        signal,
        onRedirect: (to) => log(`Led on to ${to.origin}${to.pathname}`),
        onProgress: (received, total) =>
          progress(total === undefined ? null : received / Math.max(1, total), 'Fetching'),
      });
      return { path, bytes, sha256, expectedSha256: fetch.sha256 };
    } finally {
      await file.close();
      reservation.release();
    }
  }
}

/** An address with a question in it may hold a secret: it is not kept, and not begun again. */
function paramsOf({ url, sha256, maxBytes }: Fetch, { search }: URL): JsonObject {
  return search === '' ? { url, sha256, maxBytes } : {};
}
