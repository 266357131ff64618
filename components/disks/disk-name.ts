/**
 * A name for a disk that nobody has given one. Disks outlive their machines, so a machine of a name
 * that was there before finds its own disks' names taken.
 * @param taken names of all disks
 */
export function freeDiskName(machine: string, taken: Iterable<string>): string {
  const names = new Set([...taken].map((name) => name.toLowerCase()));
  for (let number = 1; ; number += 1) {
    const name = `${machine}-disk-${number}`;
    if (!names.has(name.toLowerCase())) return name;
  }
}
