import { accountHandlers } from './account';
import { consoleHandlers } from './console';
import type { Handlers } from './contract';
import { diskHandlers } from './disks';
import { imageHandlers } from './images';
import { machineHandlers } from './machines';
import { metricsHandlers } from './metrics';
import { peopleHandlers } from './people';
import { recordingHandlers } from './recordings';
import { taskHandlers } from './tasks';
import { uploadHandlers } from './uploads';
import type { World } from './world';

/** Every operation of the contract; one that nobody handles does not compile. */
export function handlersOf(world: World): Handlers {
  return {
    ...machineHandlers(world),
    ...metricsHandlers(world),
    ...recordingHandlers(world),
    ...imageHandlers(world),
    ...uploadHandlers(world),
    ...diskHandlers(world),
    ...taskHandlers(world),
    ...consoleHandlers(world),
    ...peopleHandlers(world),
    ...accountHandlers(world),
  };
}
