# Reads the century and the year from the clock, prints both as they are, ends with code 0.
        .include "guest.inc"
        .globl  start
start:  mov     $kernel_stack_top, %esp
        mov     $0x32, %al
        call    print
        mov     $0x09, %al
        call    print
        EXIT    0
print:  out     %al, $0x70
        in      $0x71, %al
        mov     $COM1, %dx
        mov     %al, %ah
        shr     $4, %al
        add     $'0', %al
        out     %al, %dx
        mov     %ah, %al
        and     $15, %al
        add     $'0', %al
        out     %al, %dx
        ret
