import type { GuestRam } from '../memory/guest-memory';
import type { BootEntry } from './boot-entry';
import { BootError } from './boot-error';
import type { BootFile } from './boot-file';
import { writeBootParams } from './boot-params';
import type { BootRequest } from './boot-request';
import { writeCmdline } from './cmdline';
import { writeLongMode } from './long-mode';
import { MIB_1 } from './memory-map';
import { loadModules } from './modules';

/**
 * Linux kernels as distributions ship them: Documentation/x86/boot.rst of Linux. The image is real
 * mode code, which is left out here, and a 64-bit program that unpacks the kernel. Offsets are into
 * the file, and into boot_params as well.
 */
const SECTOR = 512;
const SETUP_SECTS = 0x1f1;
const SYSSIZE = 0x1f4;
const BOOT_FLAG = 0x1fe;
const JUMP_LENGTH = 0x201;
const HEADER_MAGIC = 0x202;
const VERSION = 0x206;
const LOADFLAGS = 0x211;
const INITRD_ADDR_MAX = 0x22c;
const KERNEL_ALIGNMENT = 0x230;
const RELOCATABLE_KERNEL = 0x234;
const XLOADFLAGS = 0x236;
const CMDLINE_SIZE = 0x238;
const PREF_ADDRESS = 0x258;
const INIT_SIZE = 0x260;
/** Where the fields of protocol 2.12 end. */
const HEADER_END_2_12 = 0x268;
/** Where boot_params has room for the header to end. */
const HEADER_END_MOST = 0x290;

const BOOT_SIGNATURE = 0xaa55;
const HDRS = 0x5372_6448;
const PROTOCOL_2_12 = 0x20c;
const LOADED_HIGH = 1 << 0;
const XLF_KERNEL_64 = 1 << 0;
const XLF_CAN_BE_LOADED_ABOVE_4G = 1 << 1;
/** Zero sectors mean four, as the oldest kernels had them. */
const OLD_SETUP_SECTS = 4;
/** syssize counts these. */
const PARAGRAPH = 16;
/** Where the 64-bit entry point lies in what is loaded. */
const ENTRY_64 = 0x200;

const HINT = 'Copy or build the kernel again.';

export interface LinuxImage {
  /** The file from SETUP_SECTS on, as much as there is of the setup header. */
  readonly setupHeader: Uint8Array;
  /** Where in the file the 64-bit program lies, and its bytes. */
  readonly fileOffset: number;
  readonly fileSize: number;
  /** Guest physical address to load it at. */
  readonly loadAddress: number;
  /** Bytes it needs from there on until it knows its memory map. */
  readonly memorySize: number;
  /** Characters of the command line, without the NUL. */
  readonly cmdlineSize: number;
  /** Above this no initrd may reach; absent: wherever memory is. */
  readonly initrdEnd?: number;
}

export function isBzImage(beginning: DataView): boolean {
  return (
    beginning.byteLength >= HEADER_MAGIC + 4 &&
    beginning.getUint16(BOOT_FLAG, true) === BOOT_SIGNATURE &&
    beginning.getUint32(HEADER_MAGIC, true) === HDRS
  );
}

/** @throws BootError when the kernel has no 64-bit entry, or its header contradicts itself */
export function readBzImage(file: BootFile): LinuxImage {
  const header = file.read(0, HEADER_END_MOST, 'setup header');
  const version = header.getUint16(VERSION, true);
  const headerEnd = Math.min(HEADER_MAGIC + header.getUint8(JUMP_LENGTH), HEADER_END_MOST);
  const isNew = version >= PROTOCOL_2_12 && headerEnd >= HEADER_END_2_12;
  if (!isNew || (header.getUint16(XLOADFLAGS, true) & XLF_KERNEL_64) === 0) {
    throw new BootError(
      `${file.name}: is a Linux bzImage without a 64-bit entry point (boot protocol ${version >> 8}.${version & 0xff})`,
      'Use the vmlinux of this kernel, or a 64-bit kernel of Linux 3.8 or later.',
    );
  }
  if ((header.getUint8(LOADFLAGS) & LOADED_HIGH) === 0) {
    throw new BootError(
      `${file.name}: is a Linux zImage, which loads below 1 MiB`,
      'Give a bzImage.',
    );
  }
  const fileOffset = ((header.getUint8(SETUP_SECTS) || OLD_SETUP_SECTS) + 1) * SECTOR;
  const paragraphs = header.getUint32(SYSSIZE, true);
  const rest = file.size - fileOffset;
  // What follows the last paragraph is a signature for firmware, not the kernel's.
  const fileSize = Math.min(rest, paragraphs * PARAGRAPH);
  if (Math.ceil(rest / PARAGRAPH) < paragraphs || fileSize <= ENTRY_64) {
    throw new BootError(`${file.name}: is cut off in the compressed kernel`, HINT);
  }
  const isAnywhere = (header.getUint16(XLOADFLAGS, true) & XLF_CAN_BE_LOADED_ABOVE_4G) !== 0;
  return {
    setupHeader: new Uint8Array(header.buffer, SETUP_SECTS, headerEnd - SETUP_SECTS),
    fileOffset,
    fileSize,
    loadAddress: loadAddress(file, header),
    memorySize: Math.max(fileSize, header.getUint32(INIT_SIZE, true)),
    cmdlineSize: header.getUint32(CMDLINE_SIZE, true),
    ...(isAnywhere ? {} : { initrdEnd: header.getUint32(INITRD_ADDR_MAX, true) + 1 }),
  };
}

/**
 * The preferred address, and none below it where the kernel would fit: Linux moves itself up to it
 * before it unpacks.
 */
function loadAddress(file: BootFile, header: DataView): number {
  const preferred = header.getBigUint64(PREF_ADDRESS, true);
  if (preferred > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw new BootError(
      `${file.name}: prefers the impossible address 0x${preferred.toString(16)}`,
      HINT,
    );
  }
  const address = preferred === 0n ? MIB_1 : Number(preferred);
  if (header.getUint8(RELOCATABLE_KERNEL) === 0) return address;
  const alignment = header.getUint32(KERNEL_ALIGNMENT, true);
  if (!Number.isInteger(Math.log2(alignment))) {
    throw new BootError(
      `${file.name}: wants to be aligned to ${alignment} bytes, which is no power of two`,
      HINT,
    );
  }
  return Math.ceil(Math.max(address, MIB_1) / alignment) * alignment;
}

/** @throws BootError */
export function loadBzImage(ram: GuestRam, file: BootFile, request: BootRequest): BootEntry {
  if ((request.boot.modules?.length ?? 0) > 0) {
    throw new BootError(
      'modules: the boot protocol of Linux has none beside the initrd',
      'Leave them out, or put their files into the initrd.',
    );
  }
  const image = readBzImage(file);
  const { loadAddress: gpa, memorySize } = image;
  const end = gpa + memorySize;
  // Below 4 GiB: the page tables at entry reach no farther.
  const lowEnd = ram.memory.regions[0]?.size ?? 0;
  if (gpa < MIB_1 || end > lowEnd) {
    throw new BootError(
      `${file.name}: needs memory from 0x${gpa.toString(16)} to 0x${end.toString(16)}; there is 0x${MIB_1.toString(16)} to 0x${lowEnd.toString(16)}`,
      'Give the machine more memory.',
    );
  }
  ram.load(gpa, file.fd, image.fileSize, image.fileOffset);
  const [initrd] = loadModules(ram, request.boot, {
    start: end,
    ...(image.initrdEnd === undefined ? {} : { end: image.initrdEnd }),
  });
  const cmdline = writeCmdline(
    ram.memory,
    [request.boot.cmdline, ...request.hostWords],
    image.cmdlineSize,
  );
  const rsi = writeBootParams(ram.memory, {
    setupHeader: image.setupHeader,
    loadAddress: gpa,
    cmdline,
    initrd,
    acpiRsdp: request.acpiRsdp,
  });
  return { mode: 'long-64', entry: gpa + ENTRY_64, rsi, ...writeLongMode(ram.memory) };
}
