export const palette = {
  title: '搜索页面、虚拟机和操作',
  hint: '去哪里，或做什么？',
  short: '搜索',
  found: '搜索结果',
  nothing: '没有结果。',
  pages: '页面',
  actions: '操作',
  consoleOf: '{name} 的终端',
  actionOf: '{action} {name}',
  theme: '主题：{theme}',
};
