import type { QueryClient } from '@tanstack/react-query';
import { isDefaultImage } from '@/server/api/default-image';
import type { ConsoleEvent } from '@/server/api/events';
import { dropVm, putImage, putVm } from './cache';
import { keys } from './keys';

type HostNotice = Extract<ConsoleEvent, { type: 'host.notice' }>;

/** What an event means for what the pages know. */
export function applyEvent(
  client: QueryClient,
  event: ConsoleEvent,
  onNotice: (notice: HostNotice) => void,
): void {
  switch (event.type) {
    case 'vm.changed':
      putVm(client, event.vm);
      void client.invalidateQueries({ queryKey: keys.vmEvents(event.vm.id) });
      void client.invalidateQueries({ queryKey: keys.recentVmEvents });
      break;
    case 'vm.deleted':
      dropVm(client, event.id);
      break;
    case 'image.changed':
      if (isDefaultImage(event.image)) putImage(client, event.image);
      else void client.invalidateQueries({ queryKey: keys.storedImages });
      break;
    case 'image.deleted':
      void client.invalidateQueries({ queryKey: keys.storedImages });
      break;
    case 'disk.changed':
    case 'disk.deleted':
      void client.invalidateQueries({ queryKey: keys.disks });
      break;
    case 'task.changed':
      void client.invalidateQueries({ queryKey: keys.tasks });
      break;
    case 'recording.changed':
      void client.invalidateQueries({ queryKey: keys.recordings(event.recording.vmId) });
      break;
    case 'recording.deleted':
      void client.invalidateQueries({ queryKey: ['recordings'] });
      break;
    case 'host.notice':
      onNotice(event);
      void client.invalidateQueries({ queryKey: keys.host });
      break;
    case 'missed':
      refetchAll(client);
      break;
  }
}

/** Everything events tell of may have changed unheard. */
export function refetchAll(client: QueryClient): void {
  void client.invalidateQueries();
}
