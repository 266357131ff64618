import os from 'node:os';
import { close, preadFully } from '../sys/files';
import { errno, nativeIoctl } from '../sys/libc';
import { NativeBuffer } from '../sys/native-buffer';
import { SysError } from '../sys/sys-error';
import { IOCTL } from './abi';
import { KVM_STATS_DESC, KVM_STATS_HEADER } from './layout';

const VALUE_BYTES = 8;
/** What VMs and vCPUs say to an ioctl that their kernel does not know. */
const UNKNOWN_IOCTL = [os.constants.errno.ENOTTY, os.constants.errno.EINVAL];

/**
 * Figures by the names that KVM gives them and in its units: nanoseconds where the name says so,
 * else times or pages. Lists are histograms, most by powers of two: bucket n from 2^(n-1) on.
 */
export type KvmStats = Readonly<Record<string, number | readonly number[]>>;

interface Figure {
  readonly name: string;
  /** Bytes into the block of data. */
  readonly offset: number;
  /** Values of 64 bits. */
  readonly count: number;
}

interface Schema {
  readonly figures: readonly Figure[];
  readonly dataOffset: number;
  readonly data: NativeBuffer;
}

/**
 * The binary statistics of one VM or one vCPU; api.rst, 4.133. What there is to count is asked of
 * the kernel when it is first read, and is the same as long as the file is open.
 */
export class BinaryStats {
  private schema: Schema | undefined;

  constructor(private readonly fd: number) {}

  /**
   * For a vCPU, before it first runs: KVM holds the vCPU's lock during KVM_RUN, and takes it for
   * this. Reading takes no lock.
   * @returns undefined where the kernel has no such statistics (before Linux 5.14)
   * @throws SysError when there are descriptors open as many as may be
   */
  static open(vmOrVcpuFd: number): BinaryStats | undefined {
    const fd = nativeIoctl(vmOrVcpuFd, IOCTL.KVM_GET_STATS_FD, 0);
    if (fd >= 0) return new BinaryStats(fd);
    const code = errno();
    if (UNKNOWN_IOCTL.includes(code)) return undefined;
    throw new SysError('KVM_GET_STATS_FD', code);
  }

  /** One system call, from the second time on. @throws SysError */
  read(): KvmStats {
    this.schema ??= readSchema(this.fd);
    const { figures, dataOffset, data } = this.schema;
    preadFully(this.fd, data.address, data.length, dataOffset);
    const stats: Record<string, number | readonly number[]> = {};
    for (const { name, offset, count } of figures) {
      const value = (index: number): number => numberAt(data.view, offset + index * VALUE_BYTES);
      stats[name] = count === 1 ? value(0) : Array.from({ length: count }, (_, i) => value(i));
    }
    return stats;
  }

  /** Until then the file keeps its VM alive. */
  close(): void {
    close(this.fd);
  }
}

function readSchema(fd: number): Schema {
  const header = new NativeBuffer(KVM_STATS_HEADER.size);
  preadFully(fd, header.address, header.length, 0);
  const field = (name: keyof typeof KVM_STATS_HEADER.at): number =>
    header.view.getUint32(KVM_STATS_HEADER.at[name], true);
  const nameBytes = field('name_size');
  const descriptorBytes = KVM_STATS_DESC.size + nameBytes;
  const descriptors = new NativeBuffer(field('num_desc') * descriptorBytes);
  preadFully(fd, descriptors.address, descriptors.length, field('desc_offset'));

  const { at } = KVM_STATS_DESC;
  const figures: Figure[] = [];
  for (let start = 0; start < descriptors.length; start += descriptorBytes) {
    const name = descriptors.bytes.subarray(start + at.name, start + at.name + nameBytes);
    const end = name.indexOf(0);
    figures.push({
      name: Buffer.from(end < 0 ? name : name.subarray(0, end)).toString('latin1'),
      offset: descriptors.view.getUint32(start + at.offset, true),
      count: descriptors.view.getUint16(start + at.size, true),
    });
  }
  // Descriptors come in any order, and the block has no length of its own.
  const dataBytes = Math.max(
    0,
    ...figures.map(({ offset, count }) => offset + count * VALUE_BYTES),
  );
  return { figures, dataOffset: field('data_offset'), data: new NativeBuffer(dataBytes) };
}

/** An unsigned value of 64 bits, exact up to 2^53: in nanoseconds, 104 days. */
function numberAt(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}
