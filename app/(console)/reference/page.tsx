import { API } from '@/components/api/client';
import { titled } from '@/components/i18n/request-language';
import type { ApiDocument } from '@/components/reference/document';
import { ReferencePage } from '@/components/reference/reference-page';
import { operations } from '@/server/api/operations/operations';
import { openApiDocument } from '@/server/openapi/openapi';

export const generateMetadata = titled('reference.title');

export default function Reference() {
  const document = openApiDocument(operations, '') as unknown as ApiDocument;
  return <ReferencePage document={document} address={`${API}/openapi.json`} />;
}
