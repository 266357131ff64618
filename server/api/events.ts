import { z } from 'zod';
import { diskSchema } from './disks';
import { anyImageSchema } from './images';
import { recordingSchema } from './recordings';
import { taskSchema } from './tasks';
import { vmSchema } from './vms';

/** `GET /events`, Server-Sent Events: `id` counts up, `event` is `type`, `data` the whole object. */
export const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('vm.changed'), vm: vmSchema }),
  z.object({ type: z.literal('vm.deleted'), id: z.string() }),
  z.object({ type: z.literal('image.changed'), image: anyImageSchema }),
  z.object({ type: z.literal('image.deleted'), id: z.string() }),
  z.object({ type: z.literal('disk.changed'), disk: diskSchema }),
  z.object({ type: z.literal('disk.deleted'), id: z.string() }),
  z.object({ type: z.literal('recording.changed'), recording: recordingSchema }),
  z.object({ type: z.literal('recording.deleted'), id: z.string() }),
  z.object({ type: z.literal('task.changed'), task: taskSchema }),
  /** Something on the host that a person should know of, for example a monitor nobody owns. */
  z.object({
    type: z.literal('host.notice'),
    code: z.string(),
    detail: z.string(),
    hint: z.string(),
  }),
  /** The client missed events it asked for by Last-Event-ID: fetch everything again. */
  z.object({ type: z.literal('missed') }),
]);
export type ConsoleEvent = z.infer<typeof eventSchema>;
