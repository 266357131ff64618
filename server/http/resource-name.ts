import type { Services } from '../registry';
import type { Resource } from '../users/authorise';

type Parts = Pick<Services, 'vms' | 'images' | 'library' | 'disks' | 'users' | 'tokens'>;

/** What people call a resource; nothing for one that has no name, or is not there. */
export async function resourceName(parts: Parts, resource: Resource): Promise<string> {
  try {
    return (await nameOf(parts, resource)) ?? '';
  } catch {
    return '';
  }
}

async function nameOf(parts: Parts, resource: Resource): Promise<string | undefined> {
  switch (resource.kind) {
    case 'vm':
      return parts.vms.find(resource.id)?.name;
    case 'image':
      return resource.id === 'default'
        ? parts.images.get().name
        : (await parts.library.get(resource.id)).name;
    case 'disk':
      return (await parts.disks.get(resource.id)).name;
    case 'user':
      return (await parts.users.get(resource.id)).name;
    case 'token':
      return (await parts.tokens.get(resource.id)).name;
    default:
      return undefined;
  }
}
