/*
 * "file get PATH" reads a file, "file put PATH BYTES" writes one and makes it durable; both go past
 * the guest's page cache, and print how many bytes there were and their CRC-32.
 */
#include "program.h"

enum { O_WRONLY = 1, O_CREAT = 0100, O_TRUNC = 01000, O_DIRECT = 040000 };

int main(int count, char **arguments) {
  if (count < 3) return 2;
  int isPut = count > 3;
  const char *bytes = isPut ? arguments[3] : "";
  long flags = O_DIRECT | (isPut ? O_WRONLY | O_CREAT | O_TRUNC : 0);
  long fd = call3(SYS_OPEN, (long)arguments[2], flags, 0644);
  int isWell = fd >= 0 && (isPut ? pour(fd, number(&bytes)) && call3(SYS_FSYNC, fd, 0, 0) == 0 : drain(fd));
  if (isWell) say_count();
  else say("failed\n");
  return !isWell;
}
