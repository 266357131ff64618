#include "guest.h"

void say(const char *text) {
  while (*text) out8(COM1, (u8)*text++);
}

void say_number(u64 value) {
  char text[24];
  int at = 23;
  text[at] = 0;
  do {
    text[--at] = (char)('0' + value % 10);
    value /= 10;
  } while (value);
  say(text + at);
}

void wait_for_go(void) {
  while (!(in8(COM1 + 5) & 1)) {
  }
  in8(COM1);
}

static int starts_with(const char *text, const char *word) {
  while (*word)
    if (*text++ != *word++) return 0;
  return *text == '=';
}

u64 parameter(const char *line, const char *name, u64 otherwise) {
  for (char before = ' '; *line; before = *line++) {
    if (before != ' ' || !starts_with(line, name)) continue;
    while (*line++ != '=') {
    }
    u64 value = 0;
    for (; *line >= '0' && *line <= '9'; line++) value = value * 10 + (u64)(*line - '0');
    return value;
  }
  return otherwise;
}

const char *command_line_of(u32 start_info) {
  u64 at = *(u64 *)(u64)(start_info + 24);
  return at ? (const char *)at : "";
}

void finish(u32 code) {
  out32(DEBUG_EXIT, code);
  for (;;) {
  }
}

void *memset(void *to, int value, u64 length) {
  u8 *bytes = to;
  while (length--) *bytes++ = (u8)value;
  return to;
}
