/** The path below which a proxy shows the console; the build puts it here, and Next into its links. */
export const BASE_PATH = process.env.BASE_PATH ?? '';

/** @param path of the browser's address @returns the same as links name it */
export function withoutBasePath(path: string): string {
  return path.startsWith(BASE_PATH) ? path.slice(BASE_PATH.length) || '/' : path;
}
