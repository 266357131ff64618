import { Disc3, type LucideIcon, MonitorDot, Server } from 'lucide-react';

interface NavItem {
  readonly href: string;
  readonly label: 'shell.machines' | 'shell.images' | 'shell.host';
  readonly icon: LucideIcon;
}

/** The places of the console, in the order of use. */
export const NAV_ITEMS: readonly NavItem[] = [
  { href: '/machines', label: 'shell.machines', icon: MonitorDot },
  { href: '/images', label: 'shell.images', icon: Disc3 },
  { href: '/host', label: 'shell.host', icon: Server },
];
