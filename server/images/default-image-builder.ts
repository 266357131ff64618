import { buildDefaultImage, findDefaultImage } from './default/build';
import type { DefaultImage } from './default/image-store';
import type { BuiltImage, ImageBuilder } from './image-builder';

/**
 * The builder of the default image, as the console uses it.
 * @param imagesDir where images are kept, in the data directory
 * @param recipeDir what it is made from; the console's bundle does not lie beside it
 */
export function defaultImageBuilder(imagesDir: string, recipeDir: string): ImageBuilder {
  return {
    find: async () => {
      const found = await findDefaultImage(imagesDir, recipeDir);
      return found === undefined ? undefined : builtImage(found);
    },
    build: async ({ signal, onProgress }) =>
      builtImage(await buildDefaultImage({ imagesDir, recipeDir, signal, onProgress })),
  };
}

function builtImage({ digest, kernel, initrd, cmdline, manifest }: DefaultImage): BuiltImage {
  const { vmlinux, initrd: root } = manifest.files;
  return {
    digest,
    kernel,
    initrd,
    cmdline,
    kernelVersion: manifest.kernelVersion,
    sizeBytes: vmlinux.size + root.size,
    builtAt: manifest.builtAt,
  };
}
