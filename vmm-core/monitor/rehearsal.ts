import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { createVcpuSlot } from '../cpu/vcpu-slot';
import { Machine, type MachineHost } from '../machine/machine';

/**
 * What a monitor does while it waits: it runs a machine of a few instructions to its end and asks
 * itself a few questions, so that the code a start needs is compiled when the start comes. Nothing
 * of it is seen outside: the guest prints nothing and its counters are thrown away.
 */

/**
 * A PVH kernel at 1 MiB, as an ELF file: header, a segment and a note, then the note ("Xen", type
 * 18, entry 0x100000) and the code:
 *
 *   mov $0x3ff, %dx; out %al, %dx      the UART's scratch register: served in place
 *   mov $0xf4, %dx; out %eax, %dx      the debug exit: handed over, and the end
 *   hlt
 */
const CODE = [0x66, 0xba, 0xff, 0x03, 0xee, 0x66, 0xba, 0xf4, 0x00, 0xef, 0xf4];
const ENTRY = 0x10_0000;
const MEMORY_BYTES = 2 * 1024 * 1024;

export async function rehearseMachine(
  host: Omit<MachineHost, 'slots'>,
  runDir: string,
): Promise<void> {
  const kernel = path.join(runDir, 'rehearsal.elf');
  fs.writeFileSync(kernel, elf());
  try {
    const machine = Machine.create(
      { ...host, slots: [createVcpuSlot()] },
      {
        id: 'rehearsal',
        vcpus: 1,
        memoryBytes: MEMORY_BYTES,
        debugExit: true,
        boot: { kernel, cmdline: '' },
      },
    );
    await new Promise<void>((resolve) => machine.run(() => resolve()));
    await machine.destroy();
  } finally {
    fs.rmSync(kernel);
  }
}

/**
 * Requests as the console sends them. None may change anything, whatever the state: on a busy host
 * they are answered when the machine runs already.
 */
export function rehearseRequests(socketPath: string): void {
  const socket = net.connect(socketPath);
  const host = 'host: monitor\r\n';
  socket.write(
    `GET /v1/machine HTTP/1.1\r\n${host}\r\n` +
      `POST /v1/console/input HTTP/1.1\r\n${host}content-length: 0\r\n\r\n` +
      `GET /v1/console HTTP/1.1\r\n${host}connection: upgrade\r\nupgrade: virtdeck-console\r\n\r\n`,
  );
  socket.on('error', () => undefined);
  // The answer to the last request ends what was wanted.
  socket.on('data', (data) => {
    if (data.includes('101 Switching')) socket.destroy();
  });
}

function elf(): Buffer {
  const header = 64;
  const programHeader = 56;
  const note = header + 2 * programHeader;
  const noteBytes = 20;
  const code = note + noteBytes;
  const file = Buffer.alloc(code + CODE.length);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(62, 18);
  file.writeBigUInt64LE(BigInt(header), 32);
  file.writeUInt16LE(programHeader, 54);
  file.writeUInt16LE(2, 56);
  const program = (at: number, type: number, offset: number, gpa: number, size: number): void => {
    file.writeUInt32LE(type, at);
    file.writeBigUInt64LE(BigInt(offset), at + 8);
    file.writeBigUInt64LE(BigInt(gpa), at + 24);
    file.writeBigUInt64LE(BigInt(size), at + 32);
    file.writeBigUInt64LE(BigInt(size), at + 40);
  };
  program(header, 1, code, ENTRY, CODE.length);
  program(header + programHeader, 4, note, 0, noteBytes);
  file.writeUInt32LE(4, note);
  file.writeUInt32LE(4, note + 4);
  file.writeUInt32LE(18, note + 8);
  file.write('Xen\0', note + 12);
  file.writeUInt32LE(ENTRY, note + 16);
  file.set(CODE, code);
  return file;
}
