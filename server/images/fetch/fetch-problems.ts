import { ProblemError } from '../../problems/problem-error';

/** Said without the address the name led to: what is where in a private network is nobody's business. */
export function addressRefused(host: string): ProblemError {
  return new ProblemError({
    status: 422,
    code: 'import-address-refused',
    title: 'The address is not allowed',
    detail: `"${host}" is this host itself, in a private network, or in one nobody fetches images from.`,
    hint: 'Give a public address. An administrator can allow private networks in the settings; or download the file and upload it.',
  });
}

export function urlRefused(detail: string, hint: string): ProblemError {
  return new ProblemError({
    status: 422,
    code: 'import-url-refused',
    title: 'The address is not allowed',
    detail,
    hint,
  });
}

export function tooManyRedirects(limit: number): ProblemError {
  return fetchFailed(
    'import-redirects',
    `The server led to other addresses more than ${limit} times.`,
    'Give the address the file is at.',
  );
}

export function tooLarge(limit: number): ProblemError {
  return new ProblemError({
    status: 422,
    code: 'import-too-large',
    title: 'The file is too large',
    detail: `The file at that address has more than ${limit} bytes.`,
    hint: 'Check the address; if it is the right one, allow more with maxBytes.',
  });
}

export function badStatus(host: string, status: number): ProblemError {
  return fetchFailed(
    'import-refused',
    `"${host}" answered with ${status} instead of the file.`,
    'Open the address in a browser and correct it.',
  );
}

export function encodedAnswer(): ProblemError {
  return fetchFailed(
    'import-encoded',
    'The server sent the file compressed, though it was asked not to.',
    'Give the address of another server, or download the file and upload it.',
  );
}

export function cutOff(host: string, cause?: unknown): ProblemError {
  return fetchFailed(
    'import-cut-off',
    `The connection to "${host}" ended before the file did.`,
    'Try again.',
    cause,
  );
}

export function tooSlow(host: string, cause?: unknown): ProblemError {
  return fetchFailed(
    'import-timeout',
    `"${host}" sent nothing for too long.`,
    'Try again, or give the address of another server.',
    cause,
  );
}

/** The codes of Node's errors a person can do something about. */
const REASONS: Readonly<Record<string, readonly [detail: string, hint: string]>> = {
  ENOTFOUND: ['has no address', 'Check the name of the server.'],
  EAI_AGAIN: ['could not be looked up', "Check that the host's name service works, and try again."],
  ECONNREFUSED: ['takes no connection', 'Check the address and its port.'],
  EHOSTUNREACH: ['cannot be reached', "Check the host's network."],
  ENETUNREACH: ['cannot be reached', "Check the host's network."],
  ETIMEDOUT: ['did not answer', 'Try again later.'],
  CERT_HAS_EXPIRED: ['has a certificate that has expired', 'Ask who runs the server.'],
};

export function cannotConnect(host: string, error: unknown): ProblemError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const isCertificate = /CERT|SIGNATURE|ALTNAME|SELF_SIGNED/.test(code);
  const [detail, hint] = REASONS[code] ?? [
    isCertificate ? 'has a certificate that is not trusted' : 'could not be talked to',
    isCertificate ? 'Check the name of the server.' : 'Check the address, and try again.',
  ];
  return fetchFailed('import-no-connection', `"${host}" ${detail}.`, hint, error);
}

function fetchFailed(code: string, detail: string, hint: string, cause?: unknown): ProblemError {
  const fields = { status: 502, code, title: 'The file could not be fetched', detail, hint };
  return new ProblemError(fields, { cause });
}
