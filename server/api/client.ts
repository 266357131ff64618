import type { z } from 'zod';
import type { Operation, OtherBody } from './operations/operation';
import { type OperationName, type Operations, operations } from './operations/operations';
import { type Problem, problemSchema } from './problem';

const PREFIX = '/api/v1';

/** The console said no, and why. */
export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = 'ApiError';
  }
}

/** What answered is no console, or none that this program understands. */
export class NoConsoleError extends Error {}

type InPath<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [K in Name]: string } & InPath<Rest>
  : unknown;

/** What a request needs beside its name: what stands in its path, its query and its body. */
export type Input<N extends OperationName> = InPath<Operations[N]['path']> &
  (Operations[N] extends { readonly query: infer Q extends z.ZodType }
    ? { readonly query?: z.input<Q> }
    : unknown) &
  (Operations[N] extends { readonly body: infer B }
    ? Operations[N] extends { readonly bodyOptional: true }
      ? { readonly body?: BodyInput<B> }
      : { readonly body: BodyInput<B> }
    : unknown);

type BodyInput<B> = B extends z.ZodType ? z.input<B> : Uint8Array;

/** What it answers when it goes well. */
export type Output<N extends OperationName> = AnswerOf<
  Operations[N]['answers'][keyof Operations[N]['answers']]
>;
type AnswerOf<B> = B extends z.ZodType ? z.output<B> : B extends 'nothing' ? undefined : Response;

interface AnyInput {
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly [inPath: string]: unknown;
}

/** A client of the API, typed by the operations, for programs. It asks by token. */
export class ApiClient {
  /** @param origin for example http://127.0.0.1:7890, with the path prefix of a proxy if there is one */
  constructor(
    private readonly origin: string,
    private readonly token: string | undefined,
  ) {}

  /**
   * @returns the answer, checked by its schema; a Response where it is no JSON
   * @throws ApiError with the problem, NoConsoleError when there is no console
   */
  async call<N extends OperationName>(
    name: N,
    input: Input<N>,
    signal?: AbortSignal,
  ): Promise<Output<N>> {
    const operation: Operation = operations[name];
    const response = await this.send(operation, input as AnyInput, signal);
    if (!response.ok) throw await problemOf(response);
    const answer = operation.answers[response.status];
    if (answer === undefined) throw new NoConsoleError(`${name} was answered ${response.status}`);
    return (await read(answer, response)) as Output<N>;
  }

  private async send(
    { method, path, body: kind }: Operation,
    { query = {}, body, ...inPath }: AnyInput,
    signal: AbortSignal | undefined,
  ): Promise<Response> {
    const filled = path.replace(/\{(\w+)\}/g, (_, key) => encodeURIComponent(String(inPath[key])));
    const url = new URL(this.origin.replace(/\/$/, '') + PREFIX + filled);
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(key, String(value));
    }
    const isBytes = kind === 'application/octet-stream';
    const type = isBytes ? kind : 'application/json';
    try {
      return await fetch(url, {
        method,
        headers: {
          ...(this.token === undefined ? {} : { authorization: `Bearer ${this.token}` }),
          ...(body === undefined ? {} : { 'content-type': type }),
        },
        ...(body === undefined
          ? {}
          : { body: isBytes ? (body as BodyInit) : JSON.stringify(body) }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (error) {
      if (signal?.aborted === true) throw error;
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      const why = cause instanceof Error ? cause.message : String(cause);
      throw new NoConsoleError(`there is no console at ${this.origin}: ${why}`);
    }
  }
}

async function read(answer: z.ZodType | OtherBody, response: Response): Promise<unknown> {
  if (answer === 'nothing') return undefined;
  if (typeof answer === 'string') return response;
  return answer.parse(await response.json());
}

async function problemOf(response: Response): Promise<Error> {
  const parsed = problemSchema.safeParse(await response.json().catch(() => undefined));
  if (parsed.success) return new ApiError(parsed.data);
  return new NoConsoleError(`something else than a console answered: ${response.status}`);
}
