import type { AnyImage, Image } from './images';

/** Apart from the schemas, so that who asks need not load them. */
export function isDefaultImage(image: AnyImage): image is Image {
  return 'status' in image;
}
