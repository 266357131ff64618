/* What the test programs share. They are freestanding: no library, so that each is small and does
   just what it says. main() gets the arguments and gives the exit code. */
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

enum { SYS_READ = 0, SYS_WRITE = 1, SYS_OPEN = 2, SYS_FSYNC = 74, SYS_SOCKET = 41, SYS_CONNECT = 42, SYS_EXIT = 60 };
/* Large reads and writes, for a system call is dear where the host emulates the kernel. */
enum { CHUNK = 1 << 20 };

static u64 chunk[CHUNK / 8] __attribute__((aligned(4096)));

static long call3(long number, long a, long b, long c) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return result;
}

static void say(const char *text) {
  long length = 0;
  while (text[length]) length++;
  call3(SYS_WRITE, 1, (long)text, length);
}

static void say_number(u64 value, u32 base) {
  char text[24];
  int at = 23;
  text[at] = 0;
  do {
    text[--at] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value);
  say(text + at);
}

/* Reads a decimal number and moves behind it. */
static u64 number(const char **text) {
  u64 value = 0;
  for (; **text >= '0' && **text <= '9'; (*text)++) value = value * 10 + (u64)(**text - '0');
  return value;
}

static u32 crc_table[256];
static u32 crc = 0xffffffffu;
static u64 total;

static void count_bytes(const void *data, long length) {
  const u8 *bytes = data;
  if (!crc_table[1])
    for (u32 i = 0; i < 256; i++) {
      u32 value = i;
      for (int bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320u ^ (value >> 1) : value >> 1;
      crc_table[i] = value;
    }
  for (long i = 0; i < length; i++) crc = crc_table[(crc ^ bytes[i]) & 0xff] ^ (crc >> 8);
  total += (u64)length;
}

/* "BYTES CRC-32" of all that was counted. */
static void say_count(void) {
  say_number(total, 10);
  say(" ");
  say_number(crc ^ 0xffffffffu, 16);
  say("\n");
}

/* Reads to the end. @returns whether all went well */
static int drain(long fd) {
  long got;
  while ((got = call3(SYS_READ, fd, (long)chunk, CHUNK)) > 0) count_bytes(chunk, got);
  return got == 0;
}

/* Writes bytes that look random; the kernel's own would be computed in the kernel. */
static int pour(long fd, u64 bytes) {
  u64 noise = 88172645463325252ull;
  while (bytes > 0) {
    long length = bytes < CHUNK ? (long)bytes : CHUNK;
    for (int i = 0; i < CHUNK / 8; i++) {
      noise ^= noise << 13, noise ^= noise >> 7, noise ^= noise << 17;
      chunk[i] = noise;
    }
    count_bytes(chunk, length);
    for (long done = 0; done < length;) {
      long put = call3(SYS_WRITE, fd, (long)chunk + done, length - done);
      if (put <= 0) return 0;
      done += put;
    }
    bytes -= (u64)length;
  }
  return 1;
}

int main(int count, char **arguments);

__attribute__((used)) static void begin(long *stack) {
  call3(SYS_EXIT, main((int)stack[0], (char **)(stack + 1)), 0, 0);
}

__asm__(".globl _start\n_start: mov %rsp, %rdi\n and $-32, %rsp\n call begin\n");
