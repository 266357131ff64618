import koffi from 'koffi';

/** koffi stops a watch whose handle is collected, so they are held here. */
const watches = new Set<unknown>();

/**
 * Calls `onReadable` from this thread's event loop whenever the descriptor is readable. The watch
 * stands for the rest of the process and does not keep it alive by itself.
 */
export function watchReadable(fd: number, onReadable: () => void): void {
  const watch = koffi.node.poll(fd, { readable: true }, onReadable);
  watch.unref();
  watches.add(watch);
}
