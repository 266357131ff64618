/* "winsize TERMINAL" prints how many columns and rows a terminal has. */
#include "program.h"

enum { SYS_IOCTL = 16, TIOCGWINSZ = 0x5413, O_RDWR = 2 };

int main(int count, char **arguments) {
  unsigned short size[4] = {0};
  if (count < 2) return 2;
  long fd = call3(SYS_OPEN, (long)arguments[1], O_RDWR, 0);
  if (fd < 0 || call3(SYS_IOCTL, fd, TIOCGWINSZ, (long)size)) {
    say("no terminal\n");
    return 1;
  }
  say_number(size[1], 10);
  say("x");
  say_number(size[0], 10);
  say("\n");
  return 0;
}
