import { type ConsoleEvent, eventSchema } from '@/server/api/events';

/** What an `EventConnection` needs to know of the contract; loaded apart, for it brings zod. */
export const eventShapes = {
  types: eventSchema.options.map((option) => option.shape.type.value),
  parse: (data: unknown): ConsoleEvent | undefined => {
    const event = eventSchema.safeParse(data);
    return event.success ? event.data : undefined;
  },
};
