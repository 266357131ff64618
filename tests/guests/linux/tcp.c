/*
 * "tcp get ADDRESS PORT" reads a connection to its end, "tcp put ADDRESS PORT BYTES" sends so many
 * bytes of noise; both print how many there were and their CRC-32. ADDRESS is the dotted one of
 * IPv4. Large reads and writes, for a system call is dear where the host emulates the kernel.
 */
typedef unsigned int u32;
typedef unsigned char u8;

enum { READ = 0, WRITE = 1, SOCKET = 41, CONNECT = 42, EXIT = 60 };
enum { CHUNK = 1 << 20 };

static u8 buffer[CHUNK];
static u32 table[256];

static long call3(long number, long a, long b, long c) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return result;
}

static void say(const char *text) {
  long length = 0;
  while (text[length]) length++;
  call3(WRITE, 1, (long)text, length);
}

static void say_number(unsigned long value, int base) {
  char text[24];
  int at = 23;
  text[at] = 0;
  do {
    text[--at] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value);
  say(text + at);
}

static u32 crc_of(u32 crc, const u8 *bytes, long length) {
  for (long i = 0; i < length; i++) crc = table[(crc ^ bytes[i]) & 0xff] ^ (crc >> 8);
  return crc;
}

static unsigned long number(const char **text) {
  unsigned long value = 0;
  for (; **text >= '0' && **text <= '9'; (*text)++) value = value * 10 + (unsigned long)(**text - '0');
  return value;
}

static int connected(const char *address, const char *port_text) {
  u8 name[16] = {2, 0};
  unsigned long port = number(&port_text);
  name[2] = (u8)(port >> 8);
  name[3] = (u8)port;
  for (int i = 4; i < 8; i++, address++) name[i] = (u8)number(&address);
  long fd = call3(SOCKET, 2, 1, 0);
  if (fd < 0 || call3(CONNECT, fd, (long)name, sizeof name) < 0) {
    say("cannot connect\n");
    call3(EXIT, 1, 0, 0);
  }
  return (int)fd;
}

__attribute__((used)) static void run(long *stack) {
  char **argument = (char **)(stack + 1);
  for (u32 i = 0; i < 256; i++) {
    u32 value = i;
    for (int bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320u ^ (value >> 1) : value >> 1;
    table[i] = value;
  }
  u32 crc = 0xffffffffu, noise = 1;
  unsigned long total = 0;
  int fd = connected(argument[2], argument[3]);
  if (argument[1][0] == 'g') {
    for (long got; (got = call3(READ, fd, (long)buffer, CHUNK)) > 0; total += (unsigned long)got)
      crc = crc_of(crc, buffer, got);
  } else {
    const char *text = argument[4];
    unsigned long wanted = number(&text);
    while (total < wanted) {
      long length = wanted - total < CHUNK ? (long)(wanted - total) : CHUNK;
      for (long i = 0; i < length; i++) {
        noise ^= noise << 13, noise ^= noise >> 17, noise ^= noise << 5;
        buffer[i] = (u8)noise;
      }
      crc = crc_of(crc, buffer, length);
      for (long sent = 0; sent < length;) {
        long put = call3(WRITE, fd, (long)(buffer + sent), length - sent);
        if (put <= 0) call3(EXIT, 1, 0, 0);
        sent += put;
      }
      total += (unsigned long)length;
    }
  }
  say_number(total, 10);
  say(" ");
  say_number(crc ^ 0xffffffffu, 16);
  say("\n");
  call3(EXIT, 0, 0, 0);
}

__asm__(".globl _start\n_start: mov %rsp, %rdi\n and $-32, %rsp\n call run\n");
