import { requestText } from '../i18n/request-language';
import { PageHeader } from '../layout/page-header';
import { buttonStyle } from '../ui/button-style';
import { Card, CardSection } from '../ui/card';
import { type ApiDocument, endpointsByTag } from './document';
import { EndpointCard } from './endpoint-card';
import { SchemaView } from './schema-view';

interface ReferencePageProps {
  readonly document: ApiDocument;
  /** Where programs find the same. */
  readonly address: string;
}

/** The API, for people who write programs on it. */
export async function ReferencePage({ document, address }: ReferencePageProps) {
  const t = await requestText();
  const groups = [...endpointsByTag(document)];
  return (
    <>
      <PageHeader
        title={t('reference.title')}
        description={document.info.description}
        actions={
          <a href={address} className={buttonStyle('secondary')}>
            {t('reference.document')}
          </a>
        }
      />
      <nav aria-label={t('reference.contents')} className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
        {[...groups.map(([tag]) => tag), t('reference.things')].map((tag) => (
          <a key={tag} href={`#tag-${tag}`} className="text-accent-text hover:underline">
            {tag}
          </a>
        ))}
      </nav>
      {groups.map(([tag, endpoints]) => (
        <section key={tag} id={`tag-${tag}`} className="scroll-mt-20">
          <h2 className="mb-2 font-semibold text-base">{tag}</h2>
          <Card className="overflow-hidden">
            {endpoints.map((endpoint) => (
              <EndpointCard key={endpoint.operation.operationId} {...endpoint} />
            ))}
          </Card>
        </section>
      ))}
      <h2 id={`tag-${t('reference.things')}`} className="scroll-mt-20 font-semibold text-base">
        {t('reference.things')}
      </h2>
      <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-2">
        {Object.entries(document.components.schemas).map(([name, schema]) => (
          <CardSection key={name} id={name} title={name}>
            <SchemaView schema={schema} />
          </CardSection>
        ))}
      </div>
    </>
  );
}
