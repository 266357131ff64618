# Prints a line and ends with code 7.
        .include "guest.inc"
        .globl  start
start:  mov     $text, %esi
        mov     $text_end - text, %ecx
        mov     $COM1, %dx
        cld
        rep outsb
        EXIT    7
text:   .ascii  "hello from the guest\r\n"
text_end:
