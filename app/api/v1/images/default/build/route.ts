import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  POST: ({ services, authorise }) => {
    const { user } = authorise('image.build', { kind: 'image', id: 'default' });
    // Accepted: how it goes on is told by events, of the image and of its task.
    return Response.json(services.images.build(user), { status: 202 });
  },
});
