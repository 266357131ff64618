import {
  Disc3,
  LayoutDashboard,
  ListChecks,
  type LucideIcon,
  MonitorDot,
  ScrollText,
  Server,
  Settings,
} from 'lucide-react';
import type { Role } from '@/server/api/session';

interface NavItem {
  readonly href: string;
  readonly label: `shell.${'dashboard' | 'machines' | 'images' | 'tasks' | 'audit' | 'host' | 'settings'}`;
  readonly icon: LucideIcon;
  /** Others would only be refused there. */
  readonly only?: Role;
}

/** The places of the console, in the order of use. */
export const NAV_ITEMS: readonly NavItem[] = [
  { href: '/dashboard', label: 'shell.dashboard', icon: LayoutDashboard },
  { href: '/machines', label: 'shell.machines', icon: MonitorDot },
  { href: '/images', label: 'shell.images', icon: Disc3 },
  { href: '/tasks', label: 'shell.tasks', icon: ListChecks },
  { href: '/audit', label: 'shell.audit', icon: ScrollText, only: 'admin' },
  { href: '/host', label: 'shell.host', icon: Server },
  { href: '/settings', label: 'shell.settings', icon: Settings },
];
