export const reference = {
  title: 'API',
  document: 'OpenAPI document',
  contents: 'On this page',
  parameters: 'Parameters',
  body: 'Body, {type}',
  otherwise: 'Otherwise, a problem',
  things: 'Things',
  copyExample: 'Copy the command',
} as const;
