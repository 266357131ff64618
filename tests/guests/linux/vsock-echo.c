/*
 * "vsock-echo get PORT" connects to the host's port and reads to the end; "vsock-echo put PORT
 * BYTES" sends so many bytes; "vsock-echo serve PORT" takes one connection from the host and sends
 * back what comes. The first two print how many bytes there were and their CRC-32.
 */
#include "program.h"

enum { SYS_ACCEPT = 43, SYS_SHUTDOWN = 48, SYS_BIND = 49, SYS_LISTEN = 50 };
enum { AF_VSOCK = 40, SOCK_STREAM = 1, CID_ANY = -1, CID_HOST = 2 };

struct address {
  unsigned short family, reserved;
  u32 port, cid;
  u8 flags, zero[3];
};

static int serve(long listener) {
  long fd = call3(SYS_ACCEPT, listener, 0, 0);
  for (long got; (got = call3(SYS_READ, fd, (long)chunk, CHUNK)) > 0;)
    for (long done = 0; done < got;) {
      long put = call3(SYS_WRITE, fd, (long)chunk + done, got - done);
      if (put <= 0) return 0;
      done += put;
    }
  return 1;
}

int main(int count, char **arguments) {
  if (count < 3) return 2;
  const char *port = arguments[2], *bytes = count > 3 ? arguments[3] : "";
  int isServer = arguments[1][0] == 's';
  struct address to = {.family = AF_VSOCK, .port = (u32)number(&port), .cid = isServer ? (u32)CID_ANY : CID_HOST};
  long fd = call3(SYS_SOCKET, AF_VSOCK, SOCK_STREAM, 0);
  int isWell = 0;
  if (isServer) {
    isWell = call3(SYS_BIND, fd, (long)&to, sizeof to) == 0 && call3(SYS_LISTEN, fd, 1, 0) == 0;
    say(isWell ? "listening\n" : "cannot listen\n");
    return !(isWell && serve(fd));
  }
  if (call3(SYS_CONNECT, fd, (long)&to, sizeof to) == 0)
    isWell = count > 3 ? pour(fd, number(&bytes)) : drain(fd);
  if (isWell) say_count();
  else say("failed\n");
  return !isWell;
}
