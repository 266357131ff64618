import type { ApiDocument, Endpoint, Schema } from '../../../components/reference/document';
import { endpointsByTag, referredName } from '../../../components/reference/document';
import type { Random } from '../random';
import { hostileText, hostileValue, likelyValue } from './values';

export interface FuzzRequest {
  readonly endpoint: Endpoint;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

const HEADERS: readonly (readonly [string, readonly string[]])[] = [
  ['if-match', ['"1"', '*', 'W/"1"', '"x"', '1', '"1", "2"', '']],
  ['idempotency-key', ['k', 'same', 'x'.repeat(300), '\t', 'é']],
  ['last-event-id', ['0', '-1', '99999999999999999999', 'x']],
  ['origin', ['https://evil.example', 'null', '']],
  [
    'content-type',
    ['text/plain', 'application/json; charset=utf-16', 'application/x-www-form-urlencoded', ''],
  ],
  ['accept', ['text/html', '*/*', '']],
  ['range', ['bytes=0-', 'bytes=-1']],
];

/** Makes requests of the operations that a document describes, good ones and bad ones. */
export class RequestMaker {
  readonly endpoints: readonly Endpoint[];

  constructor(
    private readonly document: ApiDocument,
    private readonly random: Random,
    /** Ids of the things of a kind, as the path calls it, that are there. */
    private readonly ids: (kind: string) => readonly string[],
  ) {
    this.endpoints = [...endpointsByTag(document).values()].flat();
  }

  next(endpoint: Endpoint = this.random.pick(this.endpoints)): FuzzRequest {
    const body = this.body(endpoint);
    const headers = {
      ...(body === undefined ? {} : { 'content-type': body.type }),
      ...this.oddHeaders(),
    };
    const path = this.path(endpoint) + this.query(endpoint);
    return { endpoint, path, headers, ...(body === undefined ? {} : { body: body.content }) };
  }

  private path({ path }: Endpoint): string {
    return path.replace(/(\w+)\/\{\w+\}/g, (_, kind: string) => `${kind}/${this.segment(kind)}`);
  }

  private segment(kind: string): string {
    const ids = this.ids(this.random.oneIn(10) ? 'vms' : kind);
    if (ids.length > 0 && !this.random.oneIn(4)) return this.random.pick(ids);
    if (this.random.oneIn(3))
      return this.random.pick(['%', '%2e%2e', '%00', '%E0%A4%A', '.', '%2f', ';x=1']);
    return encodeURIComponent(wellFormed(hostileText(this.random))).slice(0, 2000) || 'x';
  }

  private query({ operation }: Endpoint): string {
    const query = new URLSearchParams();
    for (const { name, in: place, required, schema } of operation.parameters) {
      if (place !== 'query' || (!required && this.random.oneIn(2))) continue;
      const value = this.isHostile() ? hostileText(this.random) : this.value(schema);
      query.append(name, wellFormed(String(value)).slice(0, 1000));
    }
    if (this.random.oneIn(10)) query.append(wellFormed(hostileText(this.random)), 'x');
    const text = query.toString();
    return text === '' ? '' : `?${text}`;
  }

  private body({
    operation,
  }: Endpoint): { readonly type: string; readonly content: string | Buffer } | undefined {
    const [entry] = Object.entries(operation.requestBody?.content ?? {});
    if (entry === undefined || this.random.oneIn(20)) return undefined;
    const [type, { schema = {} }] = entry;
    if (!type.includes('json')) {
      return { type, content: Buffer.from(this.random.bytes(this.random.below(2000))) };
    }
    if (this.random.oneIn(20)) {
      const broken = [
        '{',
        '',
        '[]]',
        '{"a":1,}',
        '\ufeff{}',
        'nul',
        '{"a":1e999}',
        '['.repeat(30_000),
      ];
      return { type, content: this.random.pick(broken) };
    }
    const value = this.isHostile() ? hostileValue(this.random) : this.value(schema);
    return { type, content: JSON.stringify(this.spoil(value)) };
  }

  /** Now and then one part of a good body is a bad one. */
  private spoil(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || !this.random.oneIn(3)) return value;
    const keys = Object.keys(value);
    if (keys.length === 0 || this.random.oneIn(4)) {
      return { ...value, [hostileText(this.random)]: hostileValue(this.random) };
    }
    const key = this.random.pick(keys);
    const inner = (value as Record<string, unknown>)[key];
    const isDeeper = typeof inner === 'object' && inner !== null && this.random.oneIn(2);
    return { ...value, [key]: isDeeper ? this.spoil(inner) : hostileValue(this.random) };
  }

  private oddHeaders(): Record<string, string> {
    if (!this.random.oneIn(5)) return {};
    const [name, values] = this.random.pick(HEADERS);
    return { [name]: this.random.pick(values) };
  }

  private isHostile(): boolean {
    return this.random.oneIn(3);
  }

  /** Ids in a body are, as often as not, of something that is there. */
  private value(schema: Schema): unknown {
    const value = likelyValue(schema, this.random, (ref) => this.resolve(ref));
    return JSON.parse(JSON.stringify(value ?? null), (key, part: unknown) => {
      if (!key.endsWith('Id') || typeof part !== 'string' || this.random.oneIn(3)) return part;
      const ids = this.ids(key === 'vmId' ? 'vms' : 'images');
      return ids.length === 0 ? part : this.random.pick(ids);
    });
  }

  private resolve(ref: string): Schema {
    return this.document.components.schemas[referredName(ref)] ?? {};
  }
}

/** Half of a surrogate pair cannot stand in an address. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
