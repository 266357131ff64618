import koffi from 'koffi';
import { nativeClose, nativeFcntl } from './libc';
import { checked } from './sys-error';

const F_DUPFD_CLOEXEC = 1030;

/** koffi stops a watch whose handle is collected, so they are held here. */
const watches = new Set<unknown>();

/**
 * Calls `onReadable` from this thread's event loop whenever the descriptor is readable. The watch
 * does not keep the process alive by itself.
 * @returns ends the watch; to be called before the descriptor is closed, and harmless when repeated
 */
export function watchReadable(fd: number, onReadable: () => void): () => void {
  const watch = koffi.node.poll(fd, { readable: true }, onReadable);
  watch.unref();
  watches.add(watch);
  return () => {
    if (watches.delete(watch)) watch.close();
  };
}

/**
 * The same for writing, which a descriptor nearly always allows: a watch for the moment after EAGAIN.
 * @returns ends the watch
 * @throws SysError, EMFILE when the process has no descriptor left
 */
export function watchWritable(fd: number, onWritable: () => void): () => void {
  // libuv refuses a second watch of a descriptor, but does not know that two are the same file.
  const copy = checked('fcntl F_DUPFD_CLOEXEC', nativeFcntl(fd, F_DUPFD_CLOEXEC, 0));
  const watch = koffi.node.poll(copy, { writable: true }, onWritable);
  watch.unref();
  watches.add(watch);
  return () => {
    if (!watches.delete(watch)) return;
    watch.close();
    nativeClose(copy);
  };
}
