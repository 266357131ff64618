import { formatRefused } from './format-problems';
import { checkQcow2 } from './qcow2-header';
import type { ReadAt } from './read-at';
import { checkVmdk } from './vmdk-header';

/** What disks are brought as. All are kept as raw. */
export type DiskFormat = 'raw' | 'qcow2' | 'vmdk' | 'vhdx';

const UNPACK = 'Unpack it first, and bring what was in it.';
const CONVERT = 'Convert it to qcow2 or raw where it comes from: qemu-img convert -O qcow2 OLD NEW';

/** Formats a guest would see as garbage if they were taken for raw. */
const REFUSED: readonly (readonly [what: string, magic: Buffer, hint: string])[] = [
  ['compressed with gzip', Buffer.from([0x1f, 0x8b, 0x08]), UNPACK],
  ['compressed with xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), UNPACK],
  ['compressed with zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), UNPACK],
  ['compressed with bzip2', Buffer.from('BZh'), UNPACK],
  ['a zip archive', Buffer.from('PK\x03\x04', 'latin1'), UNPACK],
  ['a 7-Zip archive', Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]), UNPACK],
  ['encrypted with LUKS', Buffer.from('LUKS\xba\xbe', 'latin1'), 'Decrypt it where it comes from.'],
  ['a VHD image', Buffer.from('conectix'), CONVERT],
  ['a VirtualBox image', Buffer.from('<<< '), CONVERT],
  ['a QED image', Buffer.from('QED\0'), CONVERT],
  ['a Parallels image', Buffer.from('WithoutFreeSpace'), CONVERT],
  ['a Parallels image', Buffer.from('WithouFreSpacExt'), CONVERT],
  ['a VMware image of the old kind', Buffer.from('COWD'), CONVERT],
  ['a description of a VMware disk, not the disk', Buffer.from('# Disk DescriptorFile'), CONVERT],
];

const HEAD_BYTES = 64;

/**
 * Tells by its first bytes what a disk image is, and refuses what would make a program that opens
 * it open other files. The name it had is not looked at.
 * @throws ProblemError 422
 */
export async function diskFormat(readAt: ReadAt, fileBytes: number): Promise<DiskFormat> {
  const head = await readAt(0, HEAD_BYTES);
  const begins = (magic: Buffer) => head.subarray(0, magic.length).equals(magic);
  if (begins(Buffer.from('QFI\xfb', 'latin1'))) {
    await checkQcow2(readAt);
    return 'qcow2';
  }
  if (begins(Buffer.from('KDMV'))) {
    await checkVmdk(readAt, fileBytes);
    return 'vmdk';
  }
  if (begins(Buffer.from('vhdxfile'))) return 'vhdx';
  for (const [what, magic, hint] of REFUSED) {
    if (begins(magic)) throw formatRefused(`The file is ${what}.`, hint);
  }
  return 'raw';
}
