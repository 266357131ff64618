/** A build in a process of its own: `node --import tsx build-tiny.ts IMAGES_DIR OPTIONS_JSON`. */
import { type BuildOptions, buildDefaultImage } from '../build';

const [imagesDir = '', options = '{}'] = process.argv.slice(2);
const given = JSON.parse(options) as Pick<BuildOptions, 'sources' | 'recipeDir' | 'requiredBytes'>;
const image = await buildDefaultImage({
  ...given,
  imagesDir,
  onProgress: ({ step }) => console.log(step),
});
console.log(image.directory);
