import { formatRefused } from './format-problems';

/** What the monitor can boot: it looks at the file again, and finds more than we do here. */
export type KernelFormat = 'elf' | 'bzimage' | 'multiboot';

/** e_machine of <elf.h>. */
const EM_386 = 3;
const EM_X86_64 = 62;
/** "The header must be contained within the first 8192 bytes": Multiboot 0.6.96, 3.1. */
const MULTIBOOT_SEARCH_BYTES = 8192;
const MULTIBOOT_MAGIC = 0x1bad_b002;
/** Linux Documentation/arch/x86/boot.rst: boot_flag and header. */
const BOOT_FLAG_OFFSET = 0x1fe;
const HEADER_OFFSET = 0x202;

/** @param head the first KiB of the file, or all of a shorter one @throws ProblemError 422 */
export function kernelFormat(head: Buffer): KernelFormat {
  if (head.subarray(0, 4).equals(Buffer.from('\x7fELF', 'latin1')) && head.length >= 20) {
    const machine = head.readUInt16LE(18);
    if (machine === EM_X86_64 || machine === EM_386) return 'elf';
    throw formatRefused(
      'The kernel is for another kind of processor.',
      'Bring a kernel for x86-64 (amd64).',
    );
  }
  const isBzImage =
    head.length >= HEADER_OFFSET + 4 &&
    head.readUInt16LE(BOOT_FLAG_OFFSET) === 0xaa55 &&
    head.toString('latin1', HEADER_OFFSET, HEADER_OFFSET + 4) === 'HdrS';
  if (isBzImage) return 'bzimage';
  if (hasMultibootHeader(head)) return 'multiboot';
  throw formatRefused(
    'The file is no kernel: it is neither an ELF file, nor a bzImage, nor a multiboot kernel.',
    'Bring a vmlinux or the vmlinuz of /boot. A compressed vmlinux has to be unpacked first.',
  );
}

function hasMultibootHeader(head: Buffer): boolean {
  const end = Math.min(head.length, MULTIBOOT_SEARCH_BYTES) - 12;
  for (let at = 0; at <= end; at += 4) {
    if (head.readUInt32LE(at) !== MULTIBOOT_MAGIC) continue;
    const sum = MULTIBOOT_MAGIC + head.readUInt32LE(at + 4) + head.readUInt32LE(at + 8);
    if (sum % 2 ** 32 === 0) return true;
  }
  return false;
}
