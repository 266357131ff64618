/** The shapes of answers, each loaded when the first request wants it. */
export const schemas = {
  session: async () => (await import('@/server/api/session')).sessionSchema,
  host: async () => (await import('@/server/api/host')).hostSchema,
  image: async () => (await import('@/server/api/images')).imageSchema,
  imageList: async () => (await import('@/server/api/images')).imageListSchema,
  vm: async () => (await import('@/server/api/vms')).vmSchema,
  vmList: async () => (await import('@/server/api/vms')).vmListSchema,
} as const;
