# Kernel code with an AVX-512 instruction before anything is set up for it: no host runs it.
        .include "guest.inc"
        .globl  start
start:  LONG_MODE long
        .code64
long:   vmovups (%rax), %zmm0
        EXIT    0
