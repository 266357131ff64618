import type { ApiDocument, Endpoint, Schema } from '../../../components/reference/document';
import { endpointsByTag, referredName } from '../../../components/reference/document';
import type { Random } from '../random';
import { hostileText, hostileValue, likelyValue } from './values';

export interface FuzzRequest {
  readonly endpoint: Endpoint;
  /** Now and then another one than the endpoint's. */
  readonly method: string;
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
  ['range', ['bytes=0-', 'bytes=-1', 'bytes=9-1,5-5']],
  ['content-encoding', ['gzip', 'br']],
  ['authorization', ['Bearer', 'Bearer x', 'Basic YTpi', `Bearer ${'x'.repeat(4000)}`]],
  ['cookie', ['virtdeck_session=x', 'virtdeck_session=%', '=;;=,']],
  ['host', ['evil.example', 'x y']],
  ['x-forwarded-proto', ['https', 'x,https', '']],
  ['x-http-method-override', ['DELETE']],
  ['next-action', ['x']],
  ['rsc', ['1']],
  ['x-middleware-subrequest', ['middleware:middleware:middleware:middleware:middleware']],
];
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'TRACE'];

export function endpointsOf(document: ApiDocument): readonly Endpoint[] {
  return [...endpointsByTag(document).values()].flat();
}

/** What there is on the console, for requests to name. */
export interface Known {
  /** Ids of the things of a kind, as the path calls it. */
  ids(kind: string): readonly string[];
  /** Users with the fuzzer's own password. */
  names(): readonly string[];
  readonly password: string;
}

/** Makes one request of an operation that a document describes, a good one or a bad one. */
export class RequestMaker {
  constructor(
    private readonly document: ApiDocument,
    private readonly random: Random,
    private readonly known: Known,
  ) {}

  make(endpoint: Endpoint): FuzzRequest {
    const body = this.body(endpoint);
    const headers = {
      ...(body === undefined ? {} : { 'content-type': body.type }),
      ...this.oddHeaders(),
    };
    const path = this.path(endpoint) + this.query(endpoint);
    const method = this.random.oneIn(40) ? this.random.pick(METHODS) : endpoint.method;
    return {
      endpoint,
      method,
      path,
      headers,
      ...(body === undefined ? {} : { body: body.content }),
    };
  }

  private path({ path }: Endpoint): string {
    return path.replace(/(\w+)\/\{\w+\}/g, (_, kind: string) => `${kind}/${this.segment(kind)}`);
  }

  private segment(kind: string): string {
    const ids = this.known.ids(this.random.oneIn(10) ? 'vms' : kind);
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
        '{"a":1,"a":{"__proto__":{"b":1}}}',
        `"${'x'.repeat(70_000)}"`,
        Buffer.from([0x22, 0xff, 0xfe, 0x22]),
        Buffer.from('{"name":"é"}', 'utf16le'),
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

  /** Ids in a body are, as often as not, of something that is there; so are names of users. */
  private value(schema: Schema): unknown {
    const { known, random } = this;
    const value = likelyValue(schema, random, (ref) => this.resolve(ref));
    return JSON.parse(JSON.stringify(value ?? null), (key, part: unknown) => {
      if (typeof part !== 'string' || random.oneIn(3)) return part;
      if (/password$/i.test(key)) return known.password;
      if (key === 'name' && random.oneIn(4)) return random.pick(known.names());
      if (!key.endsWith('Id')) return part;
      const ids = known.ids(key === 'vmId' ? 'vms' : 'images');
      return ids.length === 0 ? part : random.pick(ids);
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
