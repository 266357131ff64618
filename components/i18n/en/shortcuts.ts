export const shortcuts = {
  title: 'Keyboard shortcuts',
  anywhere: 'Anywhere',
  goTo: 'Go to',
  terminal: 'In a terminal',
  terminalSearch: 'Search what was printed',
  terminalCopy: 'Copy the selection',
  terminalPaste: 'Paste',
  terminalLeave: 'Leave the terminal',
} as const;
