import { damaged, encrypted, formatRefused, pointsElsewhere } from './format-problems';
import type { ReadAt } from './read-at';

/** qemu docs/interop/qcow2.txt, "Header". Numbers are big-endian. */
const V3_HEADER_BYTES = 104;
const V2_HEADER_BYTES = 72;
const INCOMPATIBLE = { dirty: 1n << 0n, corrupt: 1n << 1n, externalData: 1n << 2n } as const;
/** Also compression types (bit 3) and extended L2 entries (bit 4), which point nowhere else. */
const KNOWN_INCOMPATIBLE = (1n << 5n) - 1n;

/**
 * Looks at the header of a qcow2 before any program opens the file: already asking qemu-img what
 * it is would open an external data file.
 * @throws ProblemError 422
 */
export async function checkQcow2(readAt: ReadAt): Promise<void> {
  const header = await readAt(0, V3_HEADER_BYTES);
  if (header.length < V2_HEADER_BYTES) throw damaged('its header is cut off');
  const version = header.readUInt32BE(4);
  if (version !== 2 && version !== 3) {
    throw formatRefused(
      `The disk image is a qcow of version ${version}.`,
      'Convert it to a present qcow2: qemu-img convert -O qcow2 OLD NEW',
    );
  }
  if (header.readBigUInt64BE(8) !== 0n || header.readUInt32BE(16) !== 0) {
    throw pointsElsewhere('has a backing file');
  }
  if (header.readUInt32BE(32) !== 0) throw encrypted();
  if (version === 2) return;
  if (header.length < V3_HEADER_BYTES) throw damaged('its header is cut off');
  const features = header.readBigUInt64BE(72);
  if ((features & INCOMPATIBLE.externalData) !== 0n) {
    throw pointsElsewhere('keeps its data in another file');
  }
  if ((features & INCOMPATIBLE.corrupt) !== 0n) throw damaged('it is marked as corrupt');
  if ((features & ~KNOWN_INCOMPATIBLE) !== 0n) {
    throw formatRefused(
      'The disk image needs features of qcow2 that this console does not know.',
      'Convert it to a plain qcow2: qemu-img convert -O qcow2 -o compat=1.1 OLD NEW',
    );
  }
}
