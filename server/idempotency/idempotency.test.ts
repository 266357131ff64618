import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../database/testing/test-database';
import { answerOnce } from '../http/idempotency';
import { ProblemError } from '../problems/problem-error';
import { problemOf } from '../testing/problems';
import { IdempotencyService, KEPT_MS } from './idempotency-service';

let opened: TestDatabase;
let keys: IdempotencyService;
let now: number;
let made: number;

beforeEach(async () => {
  opened = await openTestDatabase();
  now = Date.parse('2026-01-01T00:00:00Z');
  keys = new IdempotencyService(opened.database, () => now);
  made = 0;
});
afterEach(() => opened.close());

function post(key: string, body: object = { name: 'one' }): Request {
  return new Request('http://console.test/api/v1/vms', {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'idempotency-key': key },
  });
}

async function make(): Promise<Response> {
  made += 1;
  return Response.json({ id: made }, { status: 201, headers: { location: `/vms/${made}` } });
}

describe('a request with an Idempotency-Key', () => {
  it('is answered the same, however often it comes, and carried out once', async () => {
    const first = await answerOnce(keys, 'u', post('k'), make);
    const second = await answerOnce(keys, 'u', post('k'), make);
    expect(made).toBe(1);
    expect(second.status).toBe(201);
    expect(second.headers.get('location')).toBe('/vms/1');
    expect(await second.json()).toEqual(await first.json());
  });

  it('of another user, or with another key, is another one', async () => {
    await answerOnce(keys, 'u', post('k'), make);
    await answerOnce(keys, 'v', post('k'), make);
    await answerOnce(keys, 'u', post('l'), make);
    expect(made).toBe(3);
  });

  it('must not ask for something else', async () => {
    await answerOnce(keys, 'u', post('k'), make);
    const other = answerOnce(keys, 'u', post('k', { name: 'two' }), make);
    expect(await problemOf(other)).toMatchObject({ status: 422, code: 'key-of-another-request' });
  });

  it('leaves no trace of a password from which it could be guessed', async () => {
    const user = { name: 'ada', role: 'viewer' };
    await answerOnce(keys, 'u', post('k', { ...user, password: 'one' }), make);
    await answerOnce(keys, 'u', post('l', { ...user, password: 'two' }), make);
    const [one, two] = await opened.database.idempotencyKey.findMany();
    expect(one?.fingerprint).toBe(two?.fingerprint);
  });

  it('waits for the first one, when both come at once', async () => {
    let finish: () => void = () => {};
    const slow = answerOnce(keys, 'u', post('k'), async () => {
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return make();
    });
    await expect.poll(() => opened.database.idempotencyKey.count()).toBe(1);
    expect((await problemOf(answerOnce(keys, 'u', post('k'), make))).code).toBe('in-progress');
    finish();
    await slow;
    expect(made).toBe(1);
  });

  it('may come again when the first one failed', async () => {
    const fails = answerOnce(keys, 'u', post('k'), () => {
      throw new ProblemError({ status: 409, code: 'x', title: 't', detail: 'd', hint: 'h' });
    });
    expect((await problemOf(fails)).code).toBe('x');
    expect((await answerOnce(keys, 'u', post('k'), make)).status).toBe(201);
  });

  it('may come again after a console that died while it answered', async () => {
    await keys.begin('u', 'k', 'whatever');
    await keys.open();
    expect((await answerOnce(keys, 'u', post('k'), make)).status).toBe(201);
  });

  it('is forgotten after a day', async () => {
    await answerOnce(keys, 'u', post('k'), make);
    now += KEPT_MS;
    await answerOnce(keys, 'u', post('k'), make);
    expect(made).toBe(2);
    now += KEPT_MS + 1;
    await keys.prune();
    expect(await opened.database.idempotencyKey.count()).toBe(0);
  });

  it('has a key that can be printed', async () => {
    expect((await problemOf(answerOnce(keys, 'u', post('a b'), make))).status).toBe(400);
  });
});
