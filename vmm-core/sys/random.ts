import { nativeGetrandom } from './libc';
import { NativeBuffer } from './native-buffer';
import { checked } from './sys-error';

/** Fresh random bytes of the host's kernel; getrandom(2), at most 256 so that none are missing. */
export function randomBytes(length: number): NativeBuffer {
  const buffer = new NativeBuffer(length);
  checked('getrandom', nativeGetrandom(buffer.address, length, 0));
  return buffer;
}
