/* What payloads in C have: ports, the console, the command line. */
#pragma once
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

enum { COM1 = 0x3f8, DEBUG_EXIT = 0xf4 };

static inline void out8(u16 port, u8 value) { __asm__ volatile("outb %0, %1" ::"a"(value), "Nd"(port)); }
static inline void out32(u16 port, u32 value) { __asm__ volatile("outl %0, %1" ::"a"(value), "Nd"(port)); }
static inline u8 in8(u16 port) {
  u8 value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}
static inline u64 cycles(void) {
  u32 low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (u64)high << 32 | low;
}

void say(const char *text);
void say_number(u64 value);
/* Waits for a byte on the console: the bench says when to go on. */
void wait_for_go(void);
/* The number behind "name=" on the command line, or `otherwise`. */
u64 parameter(const char *command_line, const char *name, u64 otherwise);
const char *command_line_of(u32 start_info);
/* Ends the machine with a code; never returns. */
__attribute__((noreturn)) void finish(u32 code);
