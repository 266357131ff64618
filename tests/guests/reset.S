# Counts its boots in the clock's battery-backed memory, which a reset of this machine clears too:
# prints R and pulls the keyboard controller's reset line, for ever.
        .include "guest.inc"
        .globl  start
start:  PUTC    'R'
        mov     $0xfe, %al
        out     %al, $0x64
1:      hlt
        jmp     1b
