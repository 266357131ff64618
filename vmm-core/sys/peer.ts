import { nativeGetsockopt } from './libc';
import { NativeBuffer } from './native-buffer';
import { checked } from './sys-error';

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
/** struct ucred: pid, uid, gid, 32 bits each. */
const UCRED_BYTES = 12;

/** The user id of the process that connected to a Unix socket; unix(7), SO_PEERCRED. */
export function peerUserId(socketFd: number): number {
  const ucred = new NativeBuffer(UCRED_BYTES);
  const length = new NativeBuffer(4);
  length.view.setUint32(0, UCRED_BYTES, true);
  checked(
    'getsockopt SO_PEERCRED',
    nativeGetsockopt(socketFd, SOL_SOCKET, SO_PEERCRED, ucred.address, length.address),
  );
  return ucred.view.getUint32(4, true);
}
