/** What the host's own figures are kept as; machines go by their ids. */
export const HOST = 'host';
