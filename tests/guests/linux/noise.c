/*
 * "noise BYTES" writes so many bytes that look random and never repeat in a file of this size. The
 * kernel's own randomness is computed in the kernel, which some hosts emulate.
 */
typedef unsigned char u8;
typedef unsigned long long u64;

enum { WRITE = 1, EXIT = 60, CHUNK = 1 << 20 };

static u64 buffer[CHUNK / 8];

static long call3(long number, long a, long b, long c) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return result;
}

__attribute__((used)) static void run(long *stack) {
  const char *text = ((char **)(stack + 1))[1];
  unsigned long left = 0;
  for (; *text; text++) left = left * 10 + (unsigned long)(*text - '0');
  u64 noise = 88172645463325252ull;
  while (left > 0) {
    long length = left < CHUNK ? (long)left : CHUNK;
    for (int i = 0; i < CHUNK / 8; i++) {
      noise ^= noise << 13, noise ^= noise >> 7, noise ^= noise << 17;
      buffer[i] = noise;
    }
    for (long done = 0; done < length;) {
      long put = call3(WRITE, 1, (long)buffer + done, length - done);
      if (put <= 0) call3(EXIT, 1, 0, 0);
      done += put;
    }
    left -= (unsigned long)length;
  }
  call3(EXIT, 0, 0, 0);
}

__asm__(".globl _start\n_start: mov %rsp, %rdi\n and $-32, %rsp\n call run\n");
