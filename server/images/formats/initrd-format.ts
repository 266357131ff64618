import { formatRefused } from './format-problems';

/** What Linux unpacks as an initramfs: the magic numbers of lib/decompress.c, and of a cpio. */
const FORMATS: readonly (readonly [format: string, magic: Buffer])[] = [
  ['cpio', Buffer.from('070701')],
  ['cpio', Buffer.from('070702')],
  ['gzip', Buffer.from([0x1f, 0x8b])],
  ['bzip2', Buffer.from('BZh')],
  ['lzma', Buffer.from([0x5d, 0x00, 0x00])],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])],
  ['lzo', Buffer.from([0x89, 0x4c, 0x5a, 0x4f])],
  ['lz4', Buffer.from([0x02, 0x21, 0x4c, 0x18])],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])],
];

/** @param head the first bytes of the file @throws ProblemError 422 */
export function initrdFormat(head: Buffer): string {
  for (const [format, magic] of FORMATS) {
    if (head.subarray(0, magic.length).equals(magic)) return format;
  }
  throw formatRefused(
    'The file is no initrd: Linux unpacks a cpio archive, plain or compressed.',
    'Bring the initrd.img of /boot, or make one: find . | cpio -o -H newc | gzip > initrd.img',
  );
}
