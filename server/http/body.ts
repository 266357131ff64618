import type { z } from 'zod';
import { ProblemError } from '../problems/problem-error';
import { invalidBySchema } from '../problems/problems';

/** No request of the API holds more than a few hundred bytes. */
export const MAX_BODY_BYTES = 64 * 1024;

/**
 * Reads a JSON body and checks it.
 * @throws ProblemError 415 for another content type, 413 when it is too large, 400 when it is no
 * JSON, 422 when it does not fit the schema
 */
export async function readJson<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  checkIsJson(request);
  return checked(parseJson(await readBody(request)), schema);
}

/** Like readJson, for requests that may leave the body out and so ask for the defaults. */
export async function readOptionalJson<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  // Of a request without a body Next makes one whose body is there and empty.
  const body = await readBody(request);
  if (body.length === 0) return checked({}, schema);
  checkIsJson(request);
  return checked(parseJson(body), schema);
}

function checkIsJson(request: Request): void {
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') return;
  throw new ProblemError({
    status: 415,
    code: 'not-json',
    title: 'Unsupported content type',
    detail: type ? `The body is sent as ${type}.` : 'The body has no content type.',
    hint: 'Send JSON with Content-Type: application/json.',
  });
}

function checked<Schema extends z.ZodType>(value: unknown, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw invalidBySchema(parsed.error);
  return parsed.data;
}

/** @throws ProblemError 413 when it is too large, 400 when it breaks off */
export async function readBody(request: Request): Promise<Buffer> {
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Uint8Array[] = [];
  let length = 0;
  // The announcement may be absent or a lie, so what arrives is counted too.
  const reader = request.body?.getReader();
  for (;;) {
    const step = await reader?.read().catch(cutOff);
    if (step === undefined || step.done) return Buffer.concat(chunks);
    length += step.value.length;
    if (length > MAX_BODY_BYTES) {
      await reader?.cancel();
      throw tooLarge();
    }
    chunks.push(step.value);
  }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (error) {
    throw new ProblemError({
      status: 400,
      code: 'malformed-json',
      title: 'Malformed JSON',
      detail: `The body cannot be read as JSON: ${error instanceof Error ? error.message : error}.`,
      hint: 'Check that the whole body was sent, in UTF-8.',
    });
  }
}

/** Who sent it hung up in the middle, or sent what is no HTTP. */
function cutOff(cause: unknown): never {
  throw new ProblemError(
    {
      status: 400,
      code: 'body-cut-off',
      title: 'The body is not whole',
      detail: 'The connection broke off before the whole body was there.',
      hint: 'Send the request again.',
    },
    { cause },
  );
}

function tooLarge(): ProblemError {
  return new ProblemError({
    status: 413,
    code: 'too-large',
    title: 'Body too large',
    detail: `The body is larger than ${MAX_BODY_BYTES} bytes.`,
    hint: 'Send only the fields the API knows.',
  });
}
