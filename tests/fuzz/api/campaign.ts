import { readFileSync } from 'node:fs';
import type { ApiDocument, Endpoint } from '../../../components/reference/document';
import { type OperationName, operations } from '../../../server/api/operations/operations';
import type { TestConsole } from '../../support/console';
import { Random } from '../random';
import { Actor, type Credentials, mayCall, PASSWORD } from './actors';
import { type Answer, AnswerCheck } from './answers';
import { Keeper } from './keeper';
import { endpointsOf, type FuzzRequest, RequestMaker } from './requests';
import { send } from './sender';

/** Under way at a time. */
const CLIENTS = 4;
const TIDY_EVERY = 200;
/** Caches are filled and code is compiled by then. */
const WARM_REQUESTS = 2000;
const MOST_FINDINGS = 20;
/** One request in so many is nobody's. */
const NOBODY = 12;

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
 * @param seed of the requests; ids are the console's own, and other ones each time
 */
export async function fuzzApi(
  console: TestConsole,
  requests: number,
  seed: number,
  progress: (done: number, residentMiB: number) => void = () => {},
): Promise<Campaign> {
  const { body } = await console.request('GET', '/openapi.json');
  const document = body as ApiDocument;
  const endpoints = endpointsOf(document);
  const keeper = new Keeper(console);
  await keeper.open();
  await keeper.tidy();
  const nobody = new Actor(console, undefined);
  const users = (['admin', 'operator', 'viewer'] as const).map((role) => new Actor(console, role));
  for (const user of users) await user.renew();
  const known = {
    ids: (kind: string) => keeper.ids(kind),
    names: () => [...keeper.names, 'nobody.at.all'],
    password: PASSWORD,
  };
  const check = new AnswerCheck(document);
  const findings: string[] = [];
  const statuses = new Map<number, number>();
  const neverDone = new Set(endpoints.map(({ operation }) => operation.operationId));
  let begun = 0;
  let warm = Number.NaN;

  const one = async (number: number): Promise<void> => {
    const random = new Random(mixed(seed, number));
    // Each operation once at the start, by somebody who may.
    const first = endpoints[number - 1];
    const endpoint = first ?? random.pick(endpoints);
    const actor =
      first === undefined && random.oneIn(NOBODY) ? nobody : first ? users[0] : random.pick(users);
    if (actor === undefined) return;
    const made = new RequestMaker(document, random, known).make(endpoint);
    const who = actor.credentials(random);
    try {
      const answer = await send(console.address, {
        method: made.method,
        path: made.path,
        headers: { ...who.headers, ...made.headers },
        ...(made.body === undefined ? {} : { body: made.body }),
      });
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      const fault = faultOf(check, made, who, answer);
      if (fault !== undefined) findings.push(describe(number, who, made, fault));
      if (answer.status < 300 && made.method === endpoint.method) {
        neverDone.delete(endpoint.operation.operationId);
        if (endpoint.operation.operationId === 'replaceSettings') await keeper.restoreSettings();
      }
      if (answer.status === 401 && !(await actor.isIn())) await actor.renew();
    } catch (error) {
      findings.push(describe(number, who, made, String(error)));
    }
  };

  const client = async (): Promise<void> => {
    while (begun < requests && findings.length < MOST_FINDINGS) {
      begun += 1;
      const number = begun;
      if (number === WARM_REQUESTS) warm = residentMiB(console.pid);
      if (number % TIDY_EVERY === 0) {
        progress(number, residentMiB(console.pid));
        await keeper.tidy();
      }
      await one(number);
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

function faultOf(
  check: AnswerCheck,
  { endpoint, method }: FuzzRequest,
  who: Credentials,
  answer: Answer,
): string | undefined {
  if (method !== endpoint.method) return check.strangeFault(answer);
  const fault = check.fault(endpoint, answer);
  if (fault !== undefined || answer.status >= 400) return fault;
  const { needs } = operations[endpoint.operation.operationId as OperationName];
  return mayCall(needs, who) ? undefined : `is answered ${answer.status} to who may not`;
}

/** Seeds that follow each other make numbers that do, too; these are far from each other. */
function mixed(seed: number, number: number): number {
  let x = Math.imul(seed ^ number, 0x9e37_79b1) ^ Math.imul(number, 0x85eb_ca6b);
  x = Math.imul(x ^ (x >>> 15), 0xc2b2_ae35);
  return (x ^ (x >>> 13)) >>> 0;
}

function describe(
  number: number,
  { role, scope }: Credentials,
  made: FuzzRequest,
  fault: string,
): string {
  const { endpoint, method, path, headers, body } = made;
  const { operationId } = (endpoint satisfies Endpoint).operation;
  const who =
    role === undefined ? 'nobody' : `${role} by ${scope === undefined ? 'session' : 'token'}`;
  const shown = Buffer.isBuffer(body) ? `base64 ${body.toString('base64')}` : (body ?? '');
  const request = `${method} ${JSON.stringify(path)} ${JSON.stringify(headers)} ${JSON.stringify(shown)}`;
  return `request ${number}: ${operationId} ${fault}: as ${who} ${request.slice(0, 4000)}`;
}

/** proc(5): VmRSS. */
function residentMiB(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}
