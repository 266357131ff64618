import fs from 'node:fs';
import net from 'node:net';
import { HostRefusal } from './host-refusal';

/** Read and written by the owner only. */
const UMASK = 0o177;

/**
 * Listens at a Unix socket that is this user's alone. Closing the server removes the file. Each
 * connection may be half closed.
 * @throws HostRefusal when there can be no socket at `path`
 */
export function listenUnix(path: string, connected: (socket: net.Socket) => void): net.Server {
  removeLeftover(path);
  const server = net.createServer({ allowHalfOpen: true }, connected);
  // One that could not be accepted, for want of descriptors, has been closed.
  server.on('error', () => {});
  const umask = process.umask(UMASK);
  try {
    server.listen(path);
  } finally {
    process.umask(umask);
  }
  if (!server.listening) throw unfit(path, 'no socket can be made there');
  return server;
}

/** A monitor that was killed leaves its socket's file behind, and no other could listen there. */
function removeLeftover(path: string): void {
  const status = fs.lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return;
  if (!status.isSocket()) throw unfit(path, 'another file is there');
  if (isBound(path)) throw unfit(path, 'somebody listens there');
  fs.rmSync(path);
}

/** Whether a process of this network namespace has the socket; proc(5), net/unix. */
function isBound(path: string): boolean {
  const lines = fs.readFileSync('/proc/net/unix', 'utf8').split('\n');
  return lines.some((line) => line.endsWith(` ${path}`));
}

function unfit(path: string, reason: string): HostRefusal {
  return new HostRefusal(
    'cannot-open-device',
    `cannot listen at ${path}: ${reason}`,
    'Give the path of a file that does not exist, in a folder that this user may write to.',
  );
}
