/** Where a machine is found. The tab is in the address, so that it can be linked and reloaded. */
export function vmPath(id: string): string {
  return `/machines/${encodeURIComponent(id)}`;
}

export function hardwarePath(id: string): string {
  return `${vmPath(id)}?tab=hardware`;
}

export function consolePath(id: string): string {
  return `${vmPath(id)}?tab=console`;
}
