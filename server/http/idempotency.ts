import { createHash } from 'node:crypto';
import type { IdempotencyService } from '../idempotency/idempotency-service';
import { ProblemError } from '../problems/problem-error';
import { readBody } from './body';

/** What may stand in the header: short, printable, and of the client's choice. */
const KEY = /^[\x21-\x7e]{1,128}$/;

/**
 * Answers a request that carries an Idempotency-Key once: who repeats it, because the answer was
 * lost on the way, gets the first answer again and makes nothing twice.
 * @param userId keys of different users do not meet
 * @throws ProblemError 400 for a key that is none, 409 while the first request is being answered,
 * 422 when the key came with another request before
 */
export async function answerOnce(
  keys: IdempotencyService,
  userId: string,
  request: Request,
  answer: () => Promise<Response> | Response,
): Promise<Response> {
  const key = request.headers.get('idempotency-key');
  if (key === null) return answer();
  if (!KEY.test(key)) throw badKey();
  const fingerprint = await fingerprintOf(request);
  const before = await keys.begin(userId, key, fingerprint);
  if (before !== undefined) {
    const { status, body, location } = before;
    const headers = { 'idempotency-replayed': 'true', ...(location === null ? {} : { location }) };
    return Response.json(body, { status, headers });
  }
  try {
    const response = await answer();
    const { status, headers } = response;
    const body: unknown = await response.clone().json();
    await keys.finish(userId, key, { status, body, location: headers.get('location') });
    return response;
  } catch (error) {
    // Nothing was made, so the next try may make it.
    await keys.forget(userId, key);
    throw error;
  }
}

/** Of what is asked, so that a key is not used for something else by mistake. */
async function fingerprintOf(request: Request): Promise<string> {
  const { method, url } = request;
  const body = await readBody(request.clone());
  return createHash('sha256')
    .update(`${method} ${new URL(url).pathname}\n`)
    .update(withoutPassword(body))
    .digest('hex');
}

/** From a quick hash a password could be guessed, and this one is kept for a day. */
function withoutPassword(body: Buffer): Buffer | string {
  if (!body.includes('"password"')) return body;
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return JSON.stringify(value, (name, inside) => (name === 'password' ? undefined : inside));
  } catch {
    // Nothing is made of what is no JSON.
    return '';
  }
}

function badKey(): ProblemError {
  return new ProblemError({
    status: 400,
    code: 'wrong-idempotency-key',
    title: 'Wrong Idempotency-Key',
    detail: 'The Idempotency-Key is empty, too long, or holds characters that cannot be printed.',
    hint: 'Send up to 128 printable characters, for example a UUID.',
  });
}
