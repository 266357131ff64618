/** Set by the server on every request, whatever the client sent: the address it came from. */
export const PEER_HEADER = 'x-virtdeck-peer';
/** Set on every request too: what the scripts of the page have to carry. */
export const NONCE_HEADER = 'x-virtdeck-nonce';
/** Of the answer; on a request, where Next looks for the nonce. */
export const POLICY_HEADER = 'content-security-policy';
