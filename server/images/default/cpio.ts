/**
 * The archive a Linux kernel unpacks into its first root: "newc" of
 * Documentation/driver-api/early-userspace/buffer-format.rst. Written here, and not by a tool,
 * because device nodes in an archive need no right to make them.
 */
export type CpioEntry =
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly mode: number;
      readonly content: Uint8Array;
    }
  | { readonly kind: 'symlink'; readonly path: string; readonly target: string }
  | {
      readonly kind: 'character-device';
      readonly path: string;
      readonly mode: number;
      readonly major: number;
      readonly minor: number;
    };

// stat(2), st_mode.
const S_IFCHR = 0o020000;
const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;
const S_IFLNK = 0o120000;

const MAGIC = '070701';
const TRAILER = 'TRAILER!!!';
const ALIGNMENT = 4;

interface Member {
  readonly path: string;
  readonly mode: number;
  readonly links: number;
  readonly content: Uint8Array;
  readonly major: number;
  readonly minor: number;
}

/**
 * Everything belongs to root and has no time, so that equal entries make equal bytes.
 * @param entries parents before their children; paths without a leading slash
 */
export function writeCpio(entries: readonly CpioEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  entries.forEach((entry, index) => {
    appendMember(parts, toMember(entry), index + 1);
  });
  appendMember(parts, member(TRAILER, 0), 0);
  return Buffer.concat(parts);
}

function member(path: string, mode: number, more: Partial<Member> = {}): Member {
  return { path, mode, links: 1, content: new Uint8Array(), major: 0, minor: 0, ...more };
}

function toMember(entry: CpioEntry): Member {
  switch (entry.kind) {
    case 'directory':
      return member(entry.path, S_IFDIR | entry.mode, { links: 2 });
    case 'file':
      return member(entry.path, S_IFREG | entry.mode, { content: entry.content });
    case 'symlink':
      return member(entry.path, S_IFLNK | 0o777, { content: Buffer.from(entry.target) });
    case 'character-device':
      return member(entry.path, S_IFCHR | entry.mode, { major: entry.major, minor: entry.minor });
  }
}

function appendMember(parts: Uint8Array[], member: Member, inode: number): void {
  const name = Buffer.from(`${member.path}\0`);
  const fields = [
    inode,
    member.mode,
    0, // uid
    0, // gid
    member.links,
    0, // mtime
    member.content.length,
    0, // major and minor number of the file system it came from
    0,
    member.major,
    member.minor,
    name.length,
    0, // check, of another format
  ];
  const header = MAGIC + fields.map((field) => field.toString(16).padStart(8, '0')).join('');
  parts.push(...padded(Buffer.concat([Buffer.from(header), name])), ...padded(member.content));
}

function padded(bytes: Uint8Array): Uint8Array[] {
  const rest = bytes.length % ALIGNMENT;
  return rest === 0 ? [bytes] : [bytes, new Uint8Array(ALIGNMENT - rest)];
}
