import type { FieldValues, Resolver } from 'react-hook-form';
import type { z } from 'zod';

/**
 * Checks a form by a schema that is fetched when the form is sent, so that it is drawn and typed
 * into before. Where it cannot be fetched the server is out of reach, which sending the form tells.
 */
export function lazyResolver<Values extends FieldValues>(
  load: () => Promise<z.ZodType<Values, Values>>,
): Resolver<Values> {
  const resolver = async () => {
    const [{ zodResolver }, schema] = await Promise.all([
      import('@hookform/resolvers/zod'),
      load(),
    ]);
    return zodResolver(schema);
  };
  return async (values, context, options) => {
    const check = await resolver().catch(() => undefined);
    return check === undefined ? { values, errors: {} } : check(values, context, options);
  };
}
