import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { ApiError, causeAndHint } from './api-error';
import { request } from './client';
import { someProblem } from './testing/fixtures';

function answerWith(body: BodyInit | null, init: ResponseInit = {}) {
  const fetched = vi.fn(async () => new Response(body, init));
  vi.stubGlobal('fetch', fetched);
  return fetched;
}

async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw new Error('expected an ApiError');
  return error;
}

afterEach(() => vi.unstubAllGlobals());

describe('request', () => {
  it('sends JSON and gives the answer', async () => {
    const fetched = answerWith(JSON.stringify({ id: 'a' }));
    expect(await request('POST', '/vms', { body: { name: 'x' } })).toEqual({ id: 'a' });
    expect(fetched).toHaveBeenCalledWith(
      '/api/v1/vms',
      expect.objectContaining({ method: 'POST', body: '{"name":"x"}' }),
    );
  });

  it('reads no body where there is none', async () => {
    answerWith(null, { status: 204 });
    expect(await request('DELETE', '/vms/a')).toBeUndefined();
  });

  it('throws a problem with its cause, hint and fields', async () => {
    const errors = [{ path: 'name', message: 'Too long.' }];
    answerWith(JSON.stringify(someProblem({ status: 400, code: 'invalid', errors })), {
      status: 400,
    });
    const error = await failureOf(request('POST', '/vms', { body: {} }));
    expect(error).toMatchObject({ status: 400, code: 'invalid', errors });
    expect(causeAndHint(error)).toEqual({
      detail: 'Too long.',
      hint: 'Correct it and try again.',
    });
  });

  it('throws a problem of no field with its own cause and hint', async () => {
    answerWith(JSON.stringify(someProblem()), { status: 409 });
    expect(causeAndHint(await failureOf(request('POST', '/vms')))).toEqual({
      detail: 'The machine is running.',
      hint: 'Stop it first.',
    });
  });

  it.each([
    ['a page of a proxy', '<h1>Bad gateway</h1>'],
    ['nothing', null],
    ['JSON of somebody else', '{"error":"bad gateway"}'],
  ])('names the status when the failure is %s', async (_what, body) => {
    answerWith(body, { status: 502 });
    const error = await failureOf(request('GET', '/vms'));
    expect(error.status).toBe(502);
    expect(error.detail).toContain('502');
    expect(error.hint).not.toBe('');
  });

  it('does not hand on an answer that is not JSON', async () => {
    answerWith('<h1>Welcome to the proxy</h1>');
    const error = await failureOf(request('GET', '/vms'));
    expect(error.code).toBe('strange-answer');
  });

  it('tells a server out of reach from one that refuses', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed to fetch')));
    const error = await failureOf(request('GET', '/vms'));
    expect(error.unreachable).toBe(true);
  });

  it('lets an abort pass', async () => {
    const abort = new AbortController();
    abort.abort();
    vi.stubGlobal('fetch', () => Promise.reject(abort.signal.reason));
    await expect(request('GET', '/vms', { signal: abort.signal })).rejects.toBe(
      abort.signal.reason,
    );
  });

  it('says of a body what the server would say, and does not send it', async () => {
    const fetched = answerWith('{}');
    const bodySchema = async () =>
      z.object({ disk: z.object({ name: z.string().min(1, 'Give it a name.') }) });
    const body = { disk: { name: '' } };
    const error = await failureOf(request('POST', '/disks', { body, bodySchema }));
    expect(error.errors).toEqual([{ path: 'disk.name', message: 'Give it a name.' }]);
    expect(causeAndHint(error).detail).toBe('Give it a name.');
    expect(fetched).not.toHaveBeenCalled();
  });

  describe('of something new', () => {
    const make = (name: string) => request('POST', '/vms', { body: { name }, creates: true });
    const json = (status: number) => () =>
      Response.json({ id: 'a' }, { status, headers: { 'content-type': 'application/json' } });
    const proxy = () => new Response('<h1>Bad gateway</h1>', { status: 502 });
    const nobody = () => {
      throw new TypeError('failed to fetch');
    };
    /** The names that the requests of a body carry, one for each answer. */
    const keysOf = async (name: string, ...answers: (() => Response)[]) => {
      const keys: (string | null)[] = [];
      for (const answer of answers) {
        vi.stubGlobal('fetch', async (_path: string, init: RequestInit) => {
          keys.push(new Headers(init.headers).get('idempotency-key'));
          return answer();
        });
        await make(name).catch(() => undefined);
      }
      return keys;
    };

    it.each([
      ['nobody answered', nobody],
      ['a proxy answered', proxy],
      ['it was refused', json(409)],
    ])('is the same request again when %s', async (what, first) => {
      const [before, after] = await keysOf(what, first, json(201));
      expect(before).toMatch(/^[0-9a-f]{32}$/);
      expect(after).toBe(before);
    });

    it('is another one once the first is there', async () => {
      const [before, after] = await keysOf('made', json(201), json(201));
      expect(after).not.toBe(before);
    });
  });
});
