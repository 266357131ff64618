import { close } from '../../sys/files';
import { nativeRead, nativeSocket, nativeSyscall, nativeWrite } from '../../sys/libc';
import { NativeBuffer } from '../../sys/native-buffer';
import { checked } from '../../sys/sys-error';
import { findLink } from '../link';

/** Numbers of x86-64. */
const SYS_BIND = 49;
const SYS_SETSOCKOPT = 54;
const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const SOL_PACKET = 263;
const PACKET_VNET_HDR = 15;
/** struct sockaddr_ll. */
const SOCKADDR_BYTES = 20;
/** struct virtio_net_hdr without the number of buffers. */
const VNET_HEADER_BYTES = 10;
const NEEDS_CHECKSUM = 1;
const GSO_TCPV4 = 1;

/** A type for experiments (IEEE 802), which no protocol of the host listens to. */
export const TEST_ETHERTYPE = 0x88b5;

/** An Ethernet frame of `length` bytes, filled from `seed` on. */
export function testFrame(length: number, seed = 0): Buffer {
  const frame = Buffer.alloc(length, 0);
  frame.fill(0xff, 0, 6);
  frame.set([2, 0, 0, 0, 0, 1], 6);
  frame.writeUInt16BE(TEST_ETHERTYPE, 12);
  for (let i = 14; i < length; i++) frame[i] = (i * 7 + seed) & 0xff;
  return frame;
}

/** The host's side of a tap: packet(7) sockets on its interface. */
export class Wire {
  /** A socket of no protocol receives nothing, and sends frames as what they say they are. */
  private readonly sender: number;
  private readonly receiver: number;
  private readonly buffer = new NativeBuffer(128 * 1024);

  constructor(name: string) {
    const link = findLink(name);
    if (link === undefined) throw new Error(`no interface ${name}`);
    this.sender = packetSocket(link.index, 0);
    this.receiver = packetSocket(link.index, TEST_ETHERTYPE);
  }

  /** Sends a frame towards whoever has the tap open. */
  send(frame: Buffer): void {
    this.write(Buffer.alloc(VNET_HEADER_BYTES), frame);
  }

  /** Sends TCP over IPv4 to be cut up into segments of `segment` bytes, as a host's stack does. */
  sendLarge(payload: number, segment: number): Buffer {
    const frame = tcpFrame(payload);
    const header = Buffer.alloc(VNET_HEADER_BYTES);
    header[0] = NEEDS_CHECKSUM;
    header[1] = GSO_TCPV4;
    header.writeUInt16LE(TCP_HEADERS_BYTES, 2);
    header.writeUInt16LE(segment, 4);
    header.writeUInt16LE(TCP_AT, 6);
    header.writeUInt16LE(TCP_CHECKSUM_OFFSET, 8);
    this.write(header, frame);
    return frame;
  }

  private write(header: Buffer, frame: Buffer): void {
    this.buffer.bytes.set(header);
    this.buffer.bytes.set(frame, header.length);
    checked('send', nativeWrite(this.sender, this.buffer.address, header.length + frame.length));
  }

  /** The next frame that came out of the tap, or undefined. */
  receive(): Buffer | undefined {
    const got = nativeRead(this.receiver, this.buffer.address, this.buffer.length);
    if (got < 0) return undefined;
    return Buffer.from(this.buffer.bytes.slice(VNET_HEADER_BYTES, got));
  }

  close(): void {
    close(this.sender);
    close(this.receiver);
  }
}

function packetSocket(interfaceIndex: number, protocol: number): number {
  const type = SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC;
  const socket = checked('socket', nativeSocket(AF_PACKET, type, 0));
  const one = new NativeBuffer(4);
  one.view.setUint32(0, 1, true);
  checked(
    'setsockopt PACKET_VNET_HDR',
    nativeSyscall(SYS_SETSOCKOPT, socket, SOL_PACKET, PACKET_VNET_HDR, one.address, 4, 0),
  );
  const address = new NativeBuffer(SOCKADDR_BYTES);
  address.view.setUint16(0, AF_PACKET, true);
  address.view.setUint16(2, protocol);
  address.view.setInt32(4, interfaceIndex, true);
  checked('bind', nativeSyscall(SYS_BIND, socket, address.address, SOCKADDR_BYTES, 0, 0, 0));
  return socket;
}

const IP_AT = 14;
const IP_BYTES = 20;
const TCP_AT = IP_AT + IP_BYTES;
const TCP_BYTES = 20;
const TCP_CHECKSUM_OFFSET = 16;
const TCP_HEADERS_BYTES = TCP_AT + TCP_BYTES;
const IPPROTO_TCP = 6;

/** A TCP segment over IPv4; its checksum is left to whoever sends it. */
export function tcpFrame(payload: number, port = 0): Buffer {
  const frame = testFrame(TCP_HEADERS_BYTES + payload);
  frame.fill(0, IP_AT, TCP_HEADERS_BYTES);
  frame.writeUInt16BE(0x0800, 12);
  frame[IP_AT] = 0x45;
  frame.writeUInt16BE(IP_BYTES + TCP_BYTES + payload, IP_AT + 2);
  frame[IP_AT + 8] = 64;
  frame[IP_AT + 9] = IPPROTO_TCP;
  frame.set([10, 0, 0, 1, 10, 0, 0, 2], IP_AT + 12);
  frame.writeUInt16BE(internetChecksum(frame.subarray(IP_AT, TCP_AT)), IP_AT + 10);
  frame.writeUInt16BE(port, TCP_AT);
  frame[TCP_AT + 12] = (TCP_BYTES / 4) << 4;
  return frame;
}

/** RFC 1071, of bytes whose own checksum is zero. */
function internetChecksum(bytes: Buffer): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += bytes.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
