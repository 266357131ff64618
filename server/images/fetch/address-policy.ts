import { networkInterfaces } from 'node:os';
import { type AddressBytes, isWithin, parseAddress } from './addresses';

export type AddressKind =
  | 'public'
  /** Of a home or a company. */
  | 'private'
  /** This host itself. */
  | 'loopback'
  /** Reached by no router, of no single host, or where clouds keep secrets. */
  | 'special';

type Rule = readonly [kind: AddressKind, network: AddressBytes, prefixBits: number];

function rule(kind: AddressKind, network: string): Rule {
  const [address = '', bits = ''] = network.split('/');
  const bytes = parseAddress(address);
  if (bytes === undefined) throw new Error(`${network} is no network`);
  return [kind, bytes, Number(bits)];
}

/** The IANA registries of special-purpose addresses (RFC 6890), the narrower network first. */
const RULES: readonly Rule[] = [
  // Where clouds answer with credentials: AWS and most others, AWS by IPv6, Alibaba, Oracle, Azure.
  rule('special', '169.254.169.254/32'),
  rule('special', 'fd00:ec2::254/128'),
  rule('special', '100.100.100.200/32'),
  rule('special', '192.0.0.192/32'),
  rule('special', '168.63.129.16/32'),

  rule('special', '0.0.0.0/8'),
  rule('private', '10.0.0.0/8'),
  rule('private', '100.64.0.0/10'),
  rule('loopback', '127.0.0.0/8'),
  rule('special', '169.254.0.0/16'),
  rule('private', '172.16.0.0/12'),
  rule('special', '192.0.0.0/24'),
  rule('special', '192.0.2.0/24'),
  rule('special', '192.88.99.0/24'),
  rule('private', '192.168.0.0/16'),
  rule('special', '198.18.0.0/15'),
  rule('special', '198.51.100.0/24'),
  rule('special', '203.0.113.0/24'),
  rule('special', '224.0.0.0/4'),
  rule('special', '240.0.0.0/4'),

  rule('loopback', '::1/128'),
  rule('special', '::/128'),
  rule('private', 'fc00::/7'),
  // Global unicast is all there is beside what is named; within it, these are not for us.
  rule('special', '2001::/23'),
  rule('special', '2001:db8::/32'),
  rule('special', '3fff::/20'),
  rule('public', '2000::/3'),
  rule('special', '::/0'),
];

/** IPv6 addresses that stand for an IPv4 one, and where in them that is. */
const EMBEDDING: readonly (readonly [network: AddressBytes, prefixBits: number, at: number])[] = (
  [
    // Mapped, compatible, translated (RFC 6052), 6to4. Where in the prefix of RFC 8215 it is, only its
    // network knows, so nothing in that one is public.
    ['::ffff:0:0/96', 12],
    ['::ffff:0:0:0/96', 12],
    ['64:ff9b::/96', 12],
    ['2002::/16', 2],
  ] as const
).map(([network, at]) => {
  const [, bytes, bits] = rule('special', network);
  return [bytes, bits, at] as const;
});

/**
 * What an address is, seen from this host.
 * @param own addresses of this host, which are as good as loopback
 */
export function kindOfAddress(text: string, own: readonly string[] = ownAddresses()): AddressKind {
  const bytes = parseAddress(text);
  if (bytes === undefined) return 'special';
  const kind = kindOfBytes(bytes);
  if (kind === 'special') return kind;
  const isOwn = own.some((address) => sameBytes(parseAddress(address), unwrap(bytes)));
  return isOwn ? 'loopback' : kind;
}

function kindOfBytes(bytes: AddressBytes): AddressKind {
  const inner = unwrap(bytes);
  const found = RULES.find(([, network, bits]) => isWithin(inner, network, bits));
  return found?.[0] ?? 'public';
}

/** The IPv4 address an IPv6 address stands for, or the address itself. */
function unwrap(bytes: AddressBytes): AddressBytes {
  for (const [network, bits, at] of EMBEDDING) {
    if (isWithin(bytes, network, bits)) return bytes.slice(at, at + 4);
  }
  return bytes;
}

function sameBytes(a: AddressBytes | undefined, b: AddressBytes): boolean {
  return a !== undefined && a.length === b.length && isWithin(a, b, b.length * 8);
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).map(({ address }) => address),
  );
}

/** Where the console may fetch from. */
export interface ImportPolicy {
  /** Networks of a home or a company; for an administrator to allow. */
  readonly allowPrivate: boolean;
  /** This host itself; for tests. */
  readonly allowLoopback?: boolean;
}

export function mayConnect(
  address: string,
  policy: ImportPolicy,
  own?: readonly string[],
): boolean {
  switch (kindOfAddress(address, own)) {
    case 'public':
      return true;
    case 'private':
      return policy.allowPrivate;
    case 'loopback':
      return policy.allowLoopback === true;
    case 'special':
      return false;
  }
}
