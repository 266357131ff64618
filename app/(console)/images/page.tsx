import { titled } from '@/components/i18n/request-language';
import { ImageList } from '@/components/images/image-list';

export const generateMetadata = titled('images.title');

export default function ImagesPage() {
  return <ImageList />;
}
