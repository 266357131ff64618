import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { close, createMemfd, EventFd, openReadWrite, preadFully } from './files';
import { Mapping, viewOf } from './mapping';
import { NativeBuffer } from './native-buffer';
import { watchReadable } from './poll';
import { SysError } from './sys-error';
import { threadId } from './threads';

describe('system calls', () => {
  it('name the call, the path and the errno when they fail', () => {
    const failed = (): unknown => openReadWrite('/nowhere/at/all');
    expect(failed).toThrow(SysError);
    expect(failed).toThrow('open /nowhere/at/all: ENOENT');
  });

  it('show one memory through every mapping of it', () => {
    const fd = createMemfd('test', 8192);
    const one = new Mapping(fd, 8192);
    const other = new Mapping(fd, 8192);
    new Uint8Array(viewOf(one.address, 8192))[5000] = 42;
    expect(new Uint8Array(viewOf(other.address + 4096, 4096))[904]).toBe(42);
    one.unmap();
    other.unmap();
    close(fd);
  });

  it('read a file straight to an address, or say that it ended', () => {
    const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'sys-')), 'file');
    fs.writeFileSync(file, 'hello world');
    const buffer = new NativeBuffer(16);
    const fd = fs.openSync(file, 'r');
    preadFully(fd, buffer.address, 5, 6);
    expect(Buffer.from(buffer.bytes.subarray(0, 5)).toString()).toBe('world');
    expect(() => preadFully(fd, buffer.address, 6, 6)).toThrow('ENODATA');
    fs.closeSync(fd);
    fs.rmSync(path.dirname(file), { recursive: true });
  });

  it('wake the event loop by an eventfd, each time', async () => {
    const event = EventFd.create();
    let wakes = 0;
    await new Promise<void>((resolve) => {
      watchReadable(event.fd, () => {
        event.clear();
        wakes++;
        if (wakes < 3) setTimeout(() => event.signal(), 1);
        else resolve();
      });
      event.signal();
    });
    expect(wakes).toBe(3);
  });

  it("know the thread's id, which for the first thread is the process's", () => {
    expect(fs.existsSync(`/proc/self/task/${threadId()}`)).toBe(true);
  });
});
