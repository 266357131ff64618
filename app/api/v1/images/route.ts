import { route } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = route({
  GET: ({ services, authorise }) => {
    authorise('image.read', { kind: 'console' });
    return Response.json({ items: [services.images.get()] });
  },
});
