/**
 * What pages of the host back guest RAM. `transparent`: the host joins them to huge ones where it can;
 * `hugetlb`: huge ones from the pool that the administrator has set aside.
 */
export const PAGE_KINDS = ['small', 'transparent', 'hugetlb'] as const;
export type PageKind = (typeof PAGE_KINDS)[number];
export const HUGE_PAGE = 2 * 1024 * 1024;

export const SMALL_PAGE = 4096;
