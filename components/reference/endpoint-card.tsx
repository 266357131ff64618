import { clsx } from 'clsx';
import type { ReactNode } from 'react';
import { requestText } from '../i18n/request-language';
import { CopyButton } from '../ui/copy-button';
import type { Endpoint } from './document';
import { SchemaView } from './schema-view';

const METHOD_COLOURS: Readonly<Record<string, string>> = {
  GET: 'bg-running-soft text-running',
  POST: 'bg-accent-soft text-accent-text',
  PUT: 'bg-paused-soft text-paused',
  PATCH: 'bg-paused-soft text-paused',
  DELETE: 'bg-crashed-soft text-crashed',
};

/** One request: closed it is a line, open it tells all. */
export async function EndpointCard({ method, path, operation }: Endpoint) {
  const t = await requestText();
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  return (
    <details id={operationId} className="group scroll-mt-20 border-line border-t first:border-t-0">
      <summary className="flex cursor-pointer flex-wrap items-baseline gap-x-3 gap-y-1 px-4 py-2.5 hover:bg-hover sm:px-5">
        <span
          className={clsx(
            'w-16 shrink-0 rounded-md py-0.5 text-center font-mono font-semibold text-xs',
            METHOD_COLOURS[method],
          )}
        >
          {method}
        </span>
        <code className="break-all font-medium font-mono text-sm">{path}</code>
        <span className="text-muted text-sm">{summary}</span>
      </summary>
      <div className="flex flex-col gap-4 px-4 pt-1 pb-5 sm:px-5">
        <p className="text-muted text-sm">{description}</p>
        <Example method={method} path={path} hasBody={requestBody !== undefined} />
        {parameters.length > 0 && (
          <Part title={t('reference.parameters')}>
            <SchemaView
              schema={{
                properties: Object.fromEntries(
                  parameters.map(({ name, schema }) => [name, schema]),
                ),
                required: parameters.filter(({ required }) => required).map(({ name }) => name),
              }}
            />
          </Part>
        )}
        {Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => (
          <Part key={type} title={t('reference.body', { type })}>
            {schema && <SchemaView schema={schema} />}
          </Part>
        ))}
        {Object.entries(responses).map(([status, { description: words, content = {} }]) => (
          <Part
            key={status}
            title={status === 'default' ? t('reference.otherwise') : `${status} ${words}`}
          >
            {Object.entries(content).map(([type, { schema }]) =>
              type.includes('json') && schema ? (
                <SchemaView key={type} schema={schema} />
              ) : (
                <code key={type} className="font-mono text-muted text-sm">
                  {type}
                </code>
              ),
            )}
          </Part>
        ))}
      </div>
    </details>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h4 className="mb-1 font-semibold text-sm">{title}</h4>
      {children}
    </section>
  );
}

interface ExampleProps {
  readonly method: string;
  readonly path: string;
  readonly hasBody: boolean;
}

async function Example({ method, path, hasBody }: ExampleProps) {
  const t = await requestText();
  const command = [
    'curl',
    ...(method === 'GET' ? [] : ['-X', method]),
    '-H "Authorization: Bearer $VIRTDECK_TOKEN"',
    ...(hasBody ? ["-H 'Content-Type: application/json' -d '{}'"] : []),
    `"$VIRTDECK_URL${path}"`,
  ].join(' ');
  return (
    <div className="flex items-center gap-2 rounded-md bg-sunken py-1 pr-1 pl-3">
      <code className="min-w-0 flex-1 overflow-x-auto whitespace-pre font-mono text-xs">
        {command}
      </code>
      <CopyButton text={command} label={t('reference.copyExample')} />
    </div>
  );
}
