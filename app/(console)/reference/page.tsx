import type { Metadata } from 'next';
import { t } from '@/components/i18n/translate';
import type { ApiDocument } from '@/components/reference/document';
import { ReferencePage } from '@/components/reference/reference-page';
import { operations } from '@/server/api/operations/operations';
import { openApiDocument } from '@/server/openapi/openapi';

export const metadata: Metadata = { title: t('reference.title') };

export default function Reference() {
  const document = openApiDocument(operations, '') as unknown as ApiDocument;
  return <ReferencePage document={document} address="/api/v1/openapi.json" />;
}
