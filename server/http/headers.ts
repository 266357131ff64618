/** Set by main.ts on every request, whatever the client sent: the peer of the TCP connection. */
export const PEER_HEADER = 'x-virtdeck-peer';
