export const reference = {
  title: 'API',
  document: 'OpenAPI 文档',
  contents: '本页内容',
  parameters: '参数',
  body: '正文，{type}',
  otherwise: '否则返回 problem',
  things: '数据结构',
  copyExample: '复制命令',
};
