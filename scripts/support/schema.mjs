/**
 * A schema of Prisma names one kind of database and one place for its client. Ours names SQLite;
 * this is the same for another kind.
 * @param {string} kind sqlite or postgresql
 * @param {string} schema the text of prisma/schema.prisma
 */
export function schemaFor(kind, schema) {
  if (kind === 'sqlite') return schema;
  return schema
    .replace(/provider = "sqlite"/, `provider = "${kind}"`)
    .replace(/output( +)= "generated"/, `output$1= "generated-${kind}"`);
}
