export const shortcuts = {
  title: '键盘快捷键',
  anywhere: '任意位置',
  goTo: '前往',
  terminal: '在终端中',
  terminalSearch: '搜索输出内容',
  terminalCopy: '复制所选',
  terminalPaste: '粘贴',
  terminalLeave: '离开终端',
};
