# Prints its last words, then faults with no handler to take it.
        .include "guest.inc"
        .globl  start
start:  mov     $text, %esi
        mov     $text_end - text, %ecx
        mov     $COM1, %dx
        cld
        rep outsb
        lidt    empty
        ud2
text:   .ascii  "last words\r\n"
text_end:
empty:  .word   0
        .long   0
