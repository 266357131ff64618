# Prints the letters of the alphabet, a line at a time, without end.
        .include "guest.inc"
        .globl  start
start:  cld
        mov     $COM1, %dx
1:      mov     $text, %esi
        mov     $text_end - text, %ecx
        rep outsb
        jmp     1b
text:   .ascii  "abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789\r\n"
text_end:
