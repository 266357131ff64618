import { readFileSync } from 'node:fs';
import type { ApiDocument } from '../../../components/reference/document';
import type { TestConsole } from '../../support/console';
import { Random } from '../random';
import { Actor } from './actors';
import { AnswerCheck } from './answers';
import { Keeper } from './keeper';
import { type FuzzRequest, RequestMaker } from './requests';
import { send } from './sender';

/** Under way at a time. */
const CLIENTS = 4;
const TIDY_EVERY = 200;
/** Caches are filled and code is compiled by then. */
const WARM_REQUESTS = 2000;
const MOST_FINDINGS = 20;

export interface Campaign {
  readonly requests: number;
  /** One line each: what is wrong, and how to ask for it again. */
  readonly findings: readonly string[];
  /** How often each status was answered. */
  readonly statuses: ReadonlyMap<number, number>;
  /** Operations that never were answered with success. */
  readonly neverDone: readonly string[];
  /** Of the console's process: when warm, and at the end. */
  readonly residentMiB: readonly [warm: number, end: number];
}

/**
 * Asks a running console, started for this alone, every operation of its document with good and bad
 * values, as everybody, and holds every answer against the document.
 */
export async function fuzzApi(
  console: TestConsole,
  requests: number,
  seed: number,
  progress: (done: number) => void = () => {},
): Promise<Campaign> {
  const random = new Random(seed);
  const { body } = await console.request('GET', '/openapi.json');
  const document = body as ApiDocument;
  const keeper = new Keeper(console);
  await keeper.open();
  await keeper.tidy();
  const actors = (['admin', 'operator', 'viewer', 'nobody'] as const).map(
    (role) => new Actor(console, role),
  );
  for (const actor of actors) await actor.renew();
  const maker = new RequestMaker(document, random, (kind) => keeper.ids(kind));
  const check = new AnswerCheck(document);
  const findings: string[] = [];
  const statuses = new Map<number, number>();
  const neverDone = new Set(maker.endpoints.map(({ operation }) => operation.operationId));
  let begun = 0;
  let warm = Number.NaN;

  const one = async (actor: Actor, made: FuzzRequest): Promise<void> => {
    const { endpoint, headers } = made;
    const sent = {
      method: endpoint.method,
      path: made.path,
      headers: { ...actor.credentials(random), ...headers },
      ...(made.body === undefined ? {} : { body: made.body }),
    };
    const { operationId } = endpoint.operation;
    let fault: string | undefined;
    try {
      const answer = await send(console.address, sent);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status < 300) {
        neverDone.delete(operationId);
        if (operationId === 'replaceSettings') await keeper.restoreSettings();
      }
      if (answer.status === 401 && !(await actor.isIn())) await actor.renew();
      fault = check.fault(endpoint, answer);
    } catch (error) {
      fault = String(error);
    }
    if (fault !== undefined) findings.push(describe(actor, made, fault));
  };

  const client = async (): Promise<void> => {
    while (begun < requests && findings.length < MOST_FINDINGS) {
      begun += 1;
      if (begun === WARM_REQUESTS) warm = residentMiB(console.pid);
      if (begun % TIDY_EVERY === 0) {
        progress(begun);
        await keeper.tidy();
      }
      // Each operation once from the start, by somebody who may.
      const endpoint = maker.endpoints[begun - 1];
      const actor = endpoint ? actors[0] : random.pick(actors);
      if (actor !== undefined) await one(actor, maker.next(endpoint));
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  await keeper.tidy();
  const end = residentMiB(console.pid);
  return {
    requests: begun,
    findings,
    statuses,
    neverDone: [...neverDone],
    residentMiB: [warm, end],
  };
}

function describe({ role }: Actor, made: FuzzRequest, fault: string): string {
  const { endpoint, path, headers, body } = made;
  const shown = Buffer.isBuffer(body) ? `${body.length} bytes` : (body ?? '').slice(0, 300);
  const extra = JSON.stringify(headers);
  return `${endpoint.operation.operationId} ${fault}: ${endpoint.method} ${path.slice(0, 200)} as ${role} ${extra} ${shown}`;
}

/** proc(5): VmRSS. */
function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}
