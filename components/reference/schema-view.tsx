import { referredName, type Schema } from './document';
import { boundsOf, typeOf } from './schema-words';

/** What a JSON body holds, part by part; things that have a name are linked to. */
export function SchemaView({ schema }: { readonly schema: Schema }) {
  if (schema.properties) return <Properties schema={schema} />;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) {
    return (
      <ul className="flex flex-col gap-2 border-line border-l-2 pl-3">
        {choices.map((choice, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: choices have no name and never move
          <li key={at}>
            <SchemaView schema={choice} />
          </li>
        ))}
      </ul>
    );
  }
  return (
    <>
      <TypeWords schema={schema} />
      {schema.items && <Nested schema={schema.items} />}
    </>
  );
}

function Properties({ schema }: { readonly schema: Schema }) {
  const required = new Set(schema.required);
  return (
    <dl className="divide-y divide-line">
      {Object.entries(schema.properties ?? {}).map(([name, property]) => (
        <div key={name} className="py-1.5">
          <dt className="inline">
            <code className="font-mono font-semibold text-sm">{name}</code>
            {!required.has(name) && <span className="text-faint text-xs"> ?</span>}
          </dt>{' '}
          <dd className="inline">
            <TypeWords schema={property} />
            <Nested schema={property} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The parts of a part, where it has any. */
function Nested({ schema }: { readonly schema: Schema }) {
  const inner = schema.items ?? schema;
  if (inner.$ref || !(inner.properties || inner.anyOf || inner.oneOf)) return null;
  // "This or nothing" of something simple is said in words already.
  if ((inner.anyOf ?? inner.oneOf)?.every(isSimple)) return null;
  return (
    <div className="mt-1 ml-4">
      <SchemaView schema={inner} />
    </div>
  );
}

function isSimple(schema: Schema): boolean {
  return !(schema.properties || schema.items || schema.anyOf || schema.oneOf);
}

function TypeWords({ schema }: { readonly schema: Schema }) {
  const bounds = boundsOf(schema);
  return (
    <span className="text-muted text-sm">
      <TypeName schema={schema} />
      {bounds !== '' && <span className="text-faint">, {bounds}</span>}
    </span>
  );
}

function TypeName({ schema }: { readonly schema: Schema }) {
  if (schema.$ref) {
    const name = referredName(schema.$ref);
    return (
      <a href={`#${name}`} className="text-accent-text underline underline-offset-2">
        {name}
      </a>
    );
  }
  if (schema.items) {
    return (
      <>
        array of <TypeName schema={schema.items} />
      </>
    );
  }
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices === undefined) return <span className="break-words font-mono">{typeOf(schema)}</span>;
  return choices.map((choice, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: choices have no name and never move
    <span key={at}>
      {at > 0 && ' | '}
      <TypeName schema={choice} />
    </span>
  ));
}
