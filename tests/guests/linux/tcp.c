/*
 * "tcp get ADDRESS PORT" reads a connection to its end, "tcp put ADDRESS PORT BYTES" sends so many
 * bytes; both print how many there were and their CRC-32. ADDRESS is the dotted one of IPv4.
 */
#include "program.h"

static long connected(const char *address, const char *port_text) {
  u8 name[16] = {2, 0};
  u64 port = number(&port_text);
  name[2] = (u8)(port >> 8);
  name[3] = (u8)port;
  for (int i = 4; i < 8; i++, address++) name[i] = (u8)number(&address);
  long fd = call3(SYS_SOCKET, 2, 1, 0);
  return fd < 0 || call3(SYS_CONNECT, fd, (long)name, sizeof name) < 0 ? -1 : fd;
}

int main(int count, char **arguments) {
  if (count < 4) return 2;
  long fd = connected(arguments[2], arguments[3]);
  const char *bytes = count > 4 ? arguments[4] : "";
  int isWell = fd >= 0 && (count > 4 ? pour(fd, number(&bytes)) : drain(fd));
  if (isWell) say_count();
  else say("failed\n");
  return !isWell;
}
