import { unknownRoute } from '@/server/http/route';

export const { GET, POST, PUT, PATCH, DELETE } = unknownRoute();
