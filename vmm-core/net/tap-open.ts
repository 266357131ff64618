import { close } from '../sys/files';
import { HostRefusal } from '../sys/host-refusal';
import { errno, nativeIoctl, nativeOpen } from '../sys/libc';
import { NativeBuffer } from '../sys/native-buffer';
import { SysError } from '../sys/sys-error';
import { IFNAMSIZ, IFREQ_BYTES, IFREQ_FLAGS, TUN_FLAG, TUN_IOCTL } from './if-tun';
import { findLink, type Link, setLinkUp } from './link';

const TUN_DEVICE = '/dev/net/tun';
const O_RDWR = 2;
const O_NONBLOCK = 0o4000;
const O_CLOEXEC = 0o2000000;

/** A tap that cannot be had. */
export class TapError extends HostRefusal {
  constructor(message: string, hint: string) {
    super('cannot-open-device', message, hint);
  }
}

/**
 * Opens a tap of this network namespace once for each queue; with CAP_NET_ADMIN, one that does not
 * exist is made, brought up, and goes again when it is closed.
 * @returns descriptors that do not block, all queues attached
 * @throws TapError; SysError when the host is at its limits
 */
export function openTapQueues(name: string, count: number): number[] {
  const link = findLink(name);
  if (link !== undefined) refuseUnfit(name, link, count);
  // One made for several queues can be opened by no other flags, even for one.
  const isMultiQueue = link?.isMultiQueue ?? count > 1;
  const flags =
    TUN_FLAG.IFF_TAP |
    TUN_FLAG.IFF_NO_PI |
    TUN_FLAG.IFF_VNET_HDR |
    (isMultiQueue ? TUN_FLAG.IFF_MULTI_QUEUE : 0);
  const fds: number[] = [];
  try {
    for (let i = 0; i < count; i++) {
      const fd = openTunDevice();
      fds.push(fd);
      const request = interfaceRequest(name, flags);
      if (nativeIoctl(fd, TUN_IOCTL.TUNSETIFF, request.address) < 0) {
        throw refusal(name, new SysError('TUNSETIFF', errno()).code, link !== undefined, count);
      }
    }
    const opened = findLink(name);
    // A tap of several queues lets anybody attach more: its frames would be dealt out among two
    // machines. Two that come at the same time both give way.
    if (opened !== undefined && opened.queues > count) throw inUse(name);
    // Nobody else knew of it until now, and the host drops what a tap sends while it is down.
    if (link === undefined && opened !== undefined) setLinkUp(opened.index);
    return fds;
  } catch (error) {
    for (const fd of fds) close(fd);
    throw error;
  }
}

function openTunDevice(): number {
  const fd = nativeOpen(TUN_DEVICE, O_RDWR | O_NONBLOCK | O_CLOEXEC, 0);
  if (fd >= 0) return fd;
  const { code } = new SysError('open', errno());
  const isMissing = code === 'ENOENT' || code === 'ENODEV' || code === 'ENXIO';
  throw new TapError(
    `${TUN_DEVICE} cannot be opened: ${code}`,
    isMissing
      ? 'Load the kernel module (modprobe tun); in a container, pass the device in.'
      : `Give this user the right to read and write ${TUN_DEVICE}.`,
  );
}

/** The kernel has one answer, EINVAL, to all of these. */
function refuseUnfit(name: string, link: Link, count: number): void {
  if (!link.isTap) {
    throw new TapError(
      `network interface ${name} is not a tap`,
      `Name a tap, or make one under another name: ${makeCommand('NAME', count)}.`,
    );
  }
  if (count > 1 && !link.isMultiQueue) {
    throw new TapError(
      `tap ${name} was made for one queue, not for ${count}`,
      `Give the device one queue pair, or make the tap anew: ${makeCommand(name, count)}.`,
    );
  }
}

function refusal(name: string, code: string, exists: boolean, count: number): TapError {
  if (code === 'EBUSY' || code === 'E2BIG') return inUse(name);
  if (code !== 'EPERM') {
    return new TapError(
      `tap ${name} cannot be opened: ${code}`,
      `See what it is: ip -details link show ${name}.`,
    );
  }
  const make = makeCommand(name, count);
  return exists
    ? new TapError(`tap ${name} belongs to another user`, `Make one for this user: ${make}.`)
    : new TapError(
        `there is no tap ${name}, and this process may not make one`,
        `Make it beforehand: ${make} && ip link set ${name} up.`,
      );
}

function inUse(name: string): TapError {
  return new TapError(
    `tap ${name} is in use by another process`,
    'Give each machine a tap of its own.',
  );
}

function makeCommand(name: string, count: number): string {
  const several = count > 1 ? ' multi_queue' : '';
  return `ip tuntap add ${name} mode tap user ${process.getuid?.() ?? 'USER'}${several}`;
}

/** struct ifreq with a name and flags. */
export function interfaceRequest(name: string, flags: number): NativeBuffer {
  if (Buffer.byteLength(name) >= IFNAMSIZ) throw new RangeError(`interface name ${name}`);
  const request = new NativeBuffer(IFREQ_BYTES);
  request.bytes.set(Buffer.from(name));
  request.view.setUint16(IFREQ_FLAGS, flags, true);
  return request;
}
