/** The shapes of what is sent, by which the server checks it as well; each loaded when it is wanted. */
export const bodies = {
  disk: async () => (await import('@/server/api/disks')).createDiskSchema,
  diskGrowth: async () => (await import('@/server/api/disks')).growDiskSchema,
  imageImport: async () => (await import('@/server/api/images')).importImageSchema,
  upload: async () => (await import('@/server/api/uploads')).createUploadSchema,
  settings: async () => (await import('@/server/api/settings')).settingsSchema,
  token: async () => (await import('@/server/api/tokens')).createTokenSchema,
  password: async () => (await import('@/server/api/users')).setPasswordSchema,
} as const;
