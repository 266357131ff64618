/** Where each answer lies in the query cache. */
export const keys = {
  session: ['session'],
  host: ['host'],
  images: ['images'],
  vms: ['vms'],
  vm: (id: string) => ['vms', id],
} as const;
