# Sends back every byte it receives, by polling, and ends with code 0 on a NUL.
        .include "guest.inc"
        .globl  start
start:  PUTC    '>'
1:      mov     $COM1 + 5, %dx
        in      %dx, %al
        test    $1, %al
        jz      1b
        mov     $COM1, %dx
        in      %dx, %al
        test    %al, %al
        jz      2f
        out     %al, %dx
        jmp     1b
2:      EXIT    0
