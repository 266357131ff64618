export const palette = {
  title: 'Search pages, machines and actions',
  hint: 'Where to, or what to do?',
  short: 'Search',
  found: 'What was found',
  nothing: 'Nothing answers to that.',
  pages: 'Pages',
  actions: 'Actions',
  consoleOf: 'Console of {name}',
  actionOf: '{action} {name}',
  theme: 'Theme: {theme}',
} as const;
