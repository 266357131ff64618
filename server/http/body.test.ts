import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MAX_BODY_BYTES, readJson, readOptionalJson } from './body';

const schema = z.strictObject({ seconds: z.int().default(90) });
const JSON_TYPE = { 'content-type': 'application/json' };

function post(body: BodyInit | null, headers: Readonly<Record<string, string>> = {}): Request {
  return new Request('http://console/', { method: 'POST', body, headers });
}

describe('a body that may be left out', () => {
  it('asks for the defaults when it is not there', async () => {
    expect(await readOptionalJson(post(null), schema)).toEqual({ seconds: 90 });
  });

  it('asks for the defaults when it is there and empty, as a server makes it', async () => {
    const empty = post(new Uint8Array());
    expect(empty.body).not.toBeNull();
    expect(await readOptionalJson(empty, schema)).toEqual({ seconds: 90 });
  });

  it('is read when it is there', async () => {
    const request = post('{"seconds":5}', JSON_TYPE);
    expect(await readOptionalJson(request, schema)).toEqual({ seconds: 5 });
  });

  it('is refused when it is no JSON, or says so nowhere', async () => {
    await expect(readOptionalJson(post('{', JSON_TYPE), schema)).rejects.toMatchObject({
      problem: { status: 400 },
    });
    const untyped = post(new TextEncoder().encode('{}'));
    await expect(readOptionalJson(untyped, schema)).rejects.toMatchObject({
      problem: { status: 415 },
    });
  });
});

describe('a body that has to be there', () => {
  it('is refused, and no fault of ours, when who sent it hung up', async () => {
    const stream = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode('{"sec')),
      pull: (controller) => controller.error(new Error('aborted')),
    });
    const request = new Request('http://console/', {
      method: 'POST',
      body: stream,
      headers: JSON_TYPE,
      duplex: 'half',
    } as RequestInit);
    await expect(readJson(request, schema)).rejects.toMatchObject({
      problem: { status: 400, code: 'body-cut-off' },
    });
  });

  it('is refused when it is empty, of another type, or too large', async () => {
    await expect(readJson(post('', JSON_TYPE), schema)).rejects.toMatchObject({
      problem: { status: 400, code: 'malformed-json' },
    });
    await expect(readJson(post('{}'), schema)).rejects.toMatchObject({
      problem: { status: 415, code: 'not-json' },
    });
    const large = post(' '.repeat(MAX_BODY_BYTES + 1), JSON_TYPE);
    await expect(readJson(large, schema)).rejects.toMatchObject({ problem: { status: 413 } });
  });
});
