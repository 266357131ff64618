# Kernel code that saves its registers where no memory is: the instruction cannot be completed.
        .include "guest.inc"
        .globl  start
start:  LONG_MODE long
        .code64
long:   mov     %cr4, %rax
        or      $0x40000, %eax          # OSXSAVE
        mov     %rax, %cr4
        mov     $7, %eax
        xor     %edx, %edx
        xsave64 0x3f000000              # mapped, and far above the machine's memory
        EXIT    0
