import { close } from '../sys/files';
import { nativeRead, nativeSocket, nativeWrite } from '../sys/libc';
import { NativeBuffer } from '../sys/native-buffer';
import { checked, SysError } from '../sys/sys-error';

/**
 * Network interfaces through rtnetlink(7), which is the namespace's own, while the files of sysfs
 * are those of whoever mounted it.
 */

const AF_NETLINK = 16;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const NETLINK_ROUTE = 0;

const NLMSG_ERROR = 2;
const RTM_NEWLINK = 16;
const RTM_GETLINK = 18;
const NLM_F_REQUEST = 1;
const NLM_F_ACK = 4;
/** struct nlmsghdr and struct ifinfomsg. */
const HEADER_BYTES = 16;
const IFINFO_BYTES = 16;
const ATTRIBUTE_HEADER_BYTES = 4;
/** The two highest bits of an attribute's type are flags: nested, and in network byte order. */
const ATTRIBUTE_TYPE_MASK = 0x3fff;

const IFLA_IFNAME = 3;
const IFLA_LINKINFO = 18;
const IFLA_EXT_MASK = 29;
const RTEXT_FILTER_SKIP_STATS = 8;
const IFLA_INFO_KIND = 1;
const IFLA_INFO_DATA = 2;
const IFLA_TUN_TYPE = 3;
const IFLA_TUN_MULTI_QUEUE = 7;
const IFLA_TUN_NUM_QUEUES = 8;
const IFLA_TUN_NUM_DISABLED_QUEUES = 9;
const IFF_UP = 1;
const IFF_TAP = 2;

const ENODEV = 19;
/** A link without its statistics takes about 1 KiB. */
const REPLY_BYTES = 32_768;

export interface Link {
  readonly index: number;
  readonly isTap: boolean;
  /** Whether it was made for several queues, and how many of its queues are open now. */
  readonly isMultiQueue: boolean;
  readonly queues: number;
}

/**
 * @returns undefined when this network namespace has no interface of that name
 * @throws SysError
 */
export function findLink(name: string): Link | undefined {
  const extended = Buffer.alloc(4);
  extended.writeUInt32LE(RTEXT_FILTER_SKIP_STATS);
  const reply = ask(
    RTM_GETLINK,
    NLM_F_REQUEST,
    Buffer.alloc(IFINFO_BYTES),
    attribute(IFLA_IFNAME, Buffer.from(`${name}\0`)),
    attribute(IFLA_EXT_MASK, extended),
  );
  if (reply.error === ENODEV) return undefined;
  if (reply.error !== 0) throw new SysError('RTM_GETLINK', reply.error);
  const info = attributes(attributes(reply.body.subarray(IFINFO_BYTES)).get(IFLA_LINKINFO));
  const isTun = info.get(IFLA_INFO_KIND)?.toString('latin1') === 'tun\0';
  const tun = attributes(isTun ? info.get(IFLA_INFO_DATA) : undefined);
  return {
    index: reply.body.readInt32LE(4),
    isTap: number(tun.get(IFLA_TUN_TYPE)) === IFF_TAP,
    isMultiQueue: number(tun.get(IFLA_TUN_MULTI_QUEUE)) === 1,
    queues: number(tun.get(IFLA_TUN_NUM_QUEUES)) + number(tun.get(IFLA_TUN_NUM_DISABLED_QUEUES)),
  };
}

/** @throws SysError, EPERM without CAP_NET_ADMIN */
export function setLinkUp(index: number): void {
  const body = Buffer.alloc(IFINFO_BYTES);
  body.writeInt32LE(index, 4);
  body.writeUInt32LE(IFF_UP, 8);
  body.writeUInt32LE(IFF_UP, 12);
  const { error } = ask(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, body);
  if (error !== 0) throw new SysError('RTM_NEWLINK', error);
}

/** One question, to which the kernel has the answer ready when the question has been written. */
function ask(
  type: number,
  flags: number,
  ...parts: readonly Buffer[]
): { readonly error: number; readonly body: Buffer } {
  const header = Buffer.alloc(HEADER_BYTES);
  const message = Buffer.concat([header, ...parts]);
  message.writeUInt32LE(message.length, 0);
  message.writeUInt16LE(type, 4);
  message.writeUInt16LE(flags, 6);
  const buffer = new NativeBuffer(REPLY_BYTES);
  buffer.bytes.set(message);
  const socket = checked(
    'socket AF_NETLINK',
    nativeSocket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE),
  );
  try {
    checked('write netlink', nativeWrite(socket, buffer.address, message.length));
    const got = checked('read netlink', nativeRead(socket, buffer.address, REPLY_BYTES));
    const reply = Buffer.from(buffer.bytes.slice(0, got));
    const body = reply.subarray(HEADER_BYTES, reply.readUInt32LE(0));
    const error = reply.readUInt16LE(4) === NLMSG_ERROR ? -body.readInt32LE(0) : 0;
    return { error, body };
  } finally {
    close(socket);
  }
}

/** struct rtattr, padded to 32 bits. */
function attribute(type: number, value: Buffer): Buffer {
  const bytes = Buffer.alloc(Math.ceil((ATTRIBUTE_HEADER_BYTES + value.length) / 4) * 4);
  bytes.writeUInt16LE(ATTRIBUTE_HEADER_BYTES + value.length, 0);
  bytes.writeUInt16LE(type, 2);
  value.copy(bytes, ATTRIBUTE_HEADER_BYTES);
  return bytes;
}

function attributes(bytes: Buffer | undefined): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  if (bytes === undefined) return found;
  for (let at = 0; at + ATTRIBUTE_HEADER_BYTES <= bytes.length; ) {
    const length = Math.max(bytes.readUInt16LE(at), ATTRIBUTE_HEADER_BYTES);
    const type = bytes.readUInt16LE(at + 2) & ATTRIBUTE_TYPE_MASK;
    found.set(type, bytes.subarray(at + ATTRIBUTE_HEADER_BYTES, at + length));
    at += Math.ceil(length / 4) * 4;
  }
  return found;
}

/** Attributes of one and of four bytes. */
function number(bytes: Buffer | undefined): number {
  if (bytes === undefined) return 0;
  return bytes.readUIntLE(0, Math.min(bytes.length, 4));
}
