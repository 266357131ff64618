import type { GuestRam } from '../memory/guest-memory';
import { BootError } from './boot-error';
import type { BootFile } from './boot-file';
import { MIB_1 } from './memory-map';

/** What of a kernel's file goes where in guest memory. */
export interface Segment {
  readonly fileOffset: number;
  readonly fileSize: number;
  readonly gpa: number;
  /** At least fileSize; the rest is zero, as all of a new machine's memory is. */
  readonly memorySize: number;
}

/**
 * Loads a kernel's segments.
 * @param entry guest physical address of its first instruction
 * @returns the end of the last one
 * @throws BootError when one does not fit, or the entry point is in none
 */
export function loadSegments(
  ram: GuestRam,
  file: BootFile,
  segments: readonly Segment[],
  entry: number,
): number {
  const end = checkSegments(ram, file, segments);
  if (!segments.some((s) => entry >= s.gpa && entry < s.gpa + s.memorySize)) {
    throw new BootError(
      `${file.name}: its entry point 0x${entry.toString(16)} lies outside what it loads`,
      'Build the kernel again.',
    );
  }
  for (const segment of segments) {
    ram.load(segment.gpa, file.fd, segment.fileSize, segment.fileOffset);
  }
  return end;
}

/** Every segment in RAM above the first MiB, which holds the boot information, and none twice. */
function checkSegments(ram: GuestRam, file: BootFile, segments: readonly Segment[]): number {
  const sorted = [...segments].sort((a, b) => a.gpa - b.gpa);
  let end = 0;
  for (const segment of sorted) {
    const range = `0x${segment.gpa.toString(16)} to 0x${(segment.gpa + segment.memorySize).toString(16)}`;
    if (segment.fileOffset + segment.fileSize > file.size) {
      throw new BootError(
        `${file.name}: is cut off in its segment at ${range}`,
        'Copy or build the kernel again.',
      );
    }
    if (segment.fileSize > segment.memorySize) {
      throw new BootError(
        `${file.name}: the segment at ${range} is longer in the file than in memory`,
        'Build the kernel again.',
      );
    }
    if (segment.gpa < MIB_1) {
      throw new BootError(
        `${file.name}: a segment lies at ${range}, below 1 MiB, where the boot information is`,
        'Link the kernel at 1 MiB or above.',
      );
    }
    if (!ram.memory.contains(segment.gpa, segment.memorySize)) {
      throw new BootError(
        `${file.name}: a segment lies at ${range}, outside the machine's ${ram.memory.size} bytes of memory`,
        'Give the machine more memory, or link the kernel lower.',
      );
    }
    if (segment.gpa < end) {
      throw new BootError(
        `${file.name}: the segment at ${range} overlaps another`,
        'Build the kernel again.',
      );
    }
    end = segment.gpa + segment.memorySize;
  }
  return end;
}
