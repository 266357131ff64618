import type { Metadata } from 'next';
import { t } from '@/components/i18n/translate';
import { ImageList } from '@/components/images/image-list';

export const metadata: Metadata = { title: t('images.title') };

export default function ImagesPage() {
  return <ImageList />;
}
