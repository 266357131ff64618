import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';

/** The name under which the compiled engine asks for its JavaScript half. */
const WASM_IMPORT_NAME = './schema_engine_bg.js';

type EngineModule = typeof import('@prisma/schema-engine-wasm/schema_engine_bg');

/** Its JavaScript half keeps views of one memory, so the engine is instantiated once a process. */
let loaded: Promise<EngineModule> | undefined;

/**
 * Prisma's schema engine as WebAssembly: what `prisma migrate` does, without the binary that
 * command would download.
 * @param datamodel the text of schema.prisma, needed to write a migration but not to apply one
 */
export async function loadSchemaEngine(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  datamodel?: string,
): Promise<SchemaEngine> {
  loaded ??= instantiate();
  const { SchemaEngine } = await loaded;
  const datamodels: [string, string][] | undefined =
    datamodel === undefined ? undefined : [['schema.prisma', datamodel]];
  return SchemaEngine.new(
    { datamodels },
    () => {},
    bindMigrationAwareSqlAdapterFactory(withPlainShadow(adapter)),
  );
}

/** By hand, because Node does not import `.wasm` files. */
async function instantiate(): Promise<EngineModule> {
  const require = createRequire(import.meta.url);
  const packageDirectory = dirname(require.resolve('@prisma/schema-engine-wasm'));
  const glue = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const bytes = await readFile(join(packageDirectory, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, {
    [WASM_IMPORT_NAME]: glue as unknown as WebAssembly.ModuleImports,
  });
  glue.__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  return glue;
}

/**
 * The engine replays migrations on a shadow database through statements; libSQL runs several
 * statements at once only as a script.
 */
function withPlainShadow(
  adapter: SqlMigrationAwareDriverAdapterFactory,
): SqlMigrationAwareDriverAdapterFactory {
  return {
    provider: adapter.provider,
    adapterName: adapter.adapterName,
    connect: () => adapter.connect(),
    connectToShadowDb: async () => {
      const shadow = await adapter.connectToShadowDb();
      const executeRaw = shadow.executeRaw.bind(shadow);
      shadow.executeRaw = async (query) => {
        if (query.args.length > 0) return executeRaw(query);
        await shadow.executeScript(query.sql);
        return 0;
      };
      return shadow;
    },
  };
}
