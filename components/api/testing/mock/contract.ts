import type { z } from 'zod';
import type { Output } from '@/server/api/client';
import type { OperationName, Operations } from '@/server/api/operations/operations';

type InPath<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [K in Name]: string } & InPath<Rest>
  : unknown;
type Of<N extends OperationName, Key extends string> = Operations[N] extends {
  readonly [K in Key]: infer Value;
}
  ? Value
  : undefined;
type Parsed<Shape> = Shape extends z.ZodType ? z.output<Shape> : undefined;

/** What a handler is asked: what stands in the path, query and body as the schemas give them. */
export type Call<N extends OperationName> = InPath<Operations[N]['path']> & {
  readonly query: Parsed<Of<N, 'query'>>;
  readonly body: Of<N, 'body'> extends 'application/octet-stream'
    ? Uint8Array
    : Parsed<Of<N, 'body'>>;
  /** Of If-Match; undefined for whatever it is. */
  readonly expected: number | undefined;
};

type Told<Body> = Body extends z.ZodType
  ? z.output<Body>
  : Body extends 'nothing'
    ? undefined
    : string;

/** What a handler may answer: a status of the operation, and what belongs to that status. */
export type Answer<N extends OperationName> = {
  [Status in keyof Operations[N]['answers']]: {
    readonly status: Status;
    readonly body: Told<Operations[N]['answers'][Status]>;
  };
}[keyof Operations[N]['answers']];

/** The end of a stream that the server writes to. */
export interface Stream {
  send(type: string, data: unknown): void;
}

type IsStream<N extends OperationName> = Operations[N]['answers'] extends {
  readonly 200: 'text/event-stream';
}
  ? true
  : false;

export type Handler<N extends OperationName> =
  IsStream<N> extends true ? (call: Call<N>, stream: Stream) => void : (call: Call<N>) => Answer<N>;

/** A handler for each operation there is: one that is missing, or answers otherwise, is a type error. */
export type Handlers = { readonly [N in OperationName]: Handler<N> };

/** Those that change something. */
export type ChangeName = {
  [N in OperationName]: Operations[N]['method'] extends 'GET' ? never : N;
}[OperationName];

export type JsonOf<N extends OperationName> = Exclude<Output<N>, Response | undefined>;

export function answer<const Status extends number, Body>(
  status: Status,
  body: Body,
): { readonly status: Status; readonly body: Body } {
  return { status, body };
}

export const NOTHING = answer(204, undefined);
