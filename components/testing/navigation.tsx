import {
  AppRouterContext,
  type AppRouterInstance,
} from 'next/dist/shared/lib/app-router-context.shared-runtime';
import {
  PathnameContext,
  SearchParamsContext,
} from 'next/dist/shared/lib/hooks-client-context.shared-runtime';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { type Mock, vi } from 'vitest';

export interface TestRouter extends AppRouterInstance {
  readonly push: Mock<(href: string) => void>;
  readonly replace: Mock<(href: string) => void>;
  readonly refresh: Mock<() => void>;
}

export function testRouter(): TestRouter {
  return {
    push: vi.fn(),
    replace: vi.fn(),
    refresh: vi.fn(),
    back: vi.fn(),
    forward: vi.fn(),
    prefetch: vi.fn(),
    bfcacheId: 'test',
  };
}

interface NavigationProps {
  readonly router: TestRouter;
  readonly children: ReactNode;
}

/** What Next tells its hooks: the address of the window, also after `history.replaceState`. */
export function Navigation({ router, children }: NavigationProps) {
  const [address, setAddress] = useState(() => window.location.href);
  useEffect(() => {
    const { history } = window;
    const replaceState = history.replaceState.bind(history);
    history.replaceState = (...change) => {
      replaceState(...change);
      setAddress(window.location.href);
    };
    return () => {
      history.replaceState = replaceState;
    };
  }, []);
  const { pathname, searchParams } = useMemo(() => new URL(address), [address]);
  return (
    <AppRouterContext value={router}>
      <PathnameContext value={pathname}>
        <SearchParamsContext value={searchParams}>{children}</SearchParamsContext>
      </PathnameContext>
    </AppRouterContext>
  );
}
