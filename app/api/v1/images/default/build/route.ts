import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: ({ services, authorise }) => {
    authorise('image.build', { kind: 'image', id: 'default' });
    // Accepted: how it goes on is told by events.
    return Response.json(services.images.build(), { status: 202 });
  },
});
