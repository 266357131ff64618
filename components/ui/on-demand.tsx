import { type ComponentType, lazy, Suspense } from 'react';

/**
 * A component that is fetched when it is drawn for the first time. Nothing stands in its place until
 * then, and the page around it stays as it is; `next/dynamic` without a `loading` would take that
 * away for the moment.
 */
export function onDemand<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> {
  const Fetched = lazy(async () => ({ default: await load() }));
  // biome-ignore lint/correctness/noComponentHookFactories: called once by a module, and in no component
  return function OnDemand(props: Props) {
    return (
      <Suspense>
        <Fetched {...props} />
      </Suspense>
    );
  };
}
