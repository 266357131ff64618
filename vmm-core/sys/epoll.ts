import { errno, nativeEpollCreate, nativeEpollCtl, nativeEpollWait } from './libc';
import { NativeBuffer } from './native-buffer';
import { checked, SysError } from './sys-error';

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLL_CTL_DEL = 2;
const EPOLLIN = 1;
const EINTR = 4;
/** struct epoll_event is packed on x86-64: 32 bits of events, 64 of data. */
const EVENT_BYTES = 12;
const MAX_EVENTS = 32;

/** epoll(7), level-triggered, for readers only. */
export class Epoll {
  private readonly fd = checked('epoll_create1', nativeEpollCreate(EPOLL_CLOEXEC));
  private readonly events = new NativeBuffer(EVENT_BYTES * MAX_EVENTS);

  watch(fd: number): void {
    this.events.view.setUint32(0, EPOLLIN, true);
    this.events.view.setUint32(4, fd, true);
    this.events.view.setUint32(8, 0, true);
    checked('epoll_ctl', nativeEpollCtl(this.fd, EPOLL_CTL_ADD, fd, this.events.address));
  }

  unwatch(fd: number): void {
    checked('epoll_ctl', nativeEpollCtl(this.fd, EPOLL_CTL_DEL, fd, 0));
  }

  /** Blocks until a descriptor is readable, then calls `ready` for each that is. */
  wait(ready: (fd: number) => void): void {
    const count = nativeEpollWait(this.fd, this.events.address, MAX_EVENTS, -1);
    if (count < 0) {
      if (errno() === EINTR) return;
      throw new SysError('epoll_wait', errno());
    }
    for (let i = 0; i < count; i++) {
      ready(this.events.view.getInt32(i * EVENT_BYTES + 4, true));
    }
  }
}
