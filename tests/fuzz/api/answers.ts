import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { ApiDocument, Endpoint } from '../../../components/reference/document';

const PROBLEM = 'application/problem+json';

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  /** Of a stream, its beginning. */
  readonly body: string;
  /** As it sets them. */
  readonly cookies: readonly string[];
}

/** The one answer that is no fault of the console although it stands among those that are. */
const DISK_FULL = 507;

/** Says what of an answer is not as the document has it. */
export class AnswerCheck {
  private readonly ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
  private readonly validators = new Map<string, ValidateFunction>();

  constructor(document: ApiDocument) {
    this.ajv.addSchema(document as object, 'api');
  }

  /** @returns undefined when all is well */
  fault(endpoint: Endpoint, answer: Answer): string | undefined {
    const { status, contentType, body } = answer;
    const { responses } = endpoint.operation;
    const type = contentType.split(';', 1)[0] ?? '';
    if (status >= 500 && status !== DISK_FULL) return `is answered ${status}`;
    const known = responses[status];
    if (known === undefined) {
      if (status < 400) return `is answered ${status}, which the document does not have`;
      if (type !== PROBLEM) return `is answered ${status} with ${type || 'nothing'}, no problem`;
      return this.mismatch(endpoint, 'default', type, body);
    }
    if (known.content === undefined)
      return body === '' ? undefined : 'has a body that nobody expects';
    if (known.content[type] === undefined) return `is answered with ${type || 'no content type'}`;
    return type.includes('json') && type !== 'application/jsonl'
      ? this.mismatch(endpoint, String(status), type, body)
      : undefined;
  }

  /** Of a request with a method that the document does not have there. */
  strangeFault({ status }: Answer): string | undefined {
    return status >= 500 && status !== 501 ? `is answered ${status}` : undefined;
  }

  private mismatch(
    { method, path }: Endpoint,
    status: string,
    type: string,
    body: string,
  ): string | undefined {
    const at = [
      'paths',
      path,
      method.toLowerCase(),
      'responses',
      status,
      'content',
      type,
      'schema',
    ];
    const pointer = at.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/');
    let validate = this.validators.get(pointer);
    if (validate === undefined) {
      validate = this.ajv.compile({ $ref: `api#/${encodeURI(pointer)}` });
      this.validators.set(pointer, validate);
    }
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      return 'is answered with broken JSON';
    }
    if (validate(value)) return undefined;
    return `has an answer that is not as described: ${this.ajv.errorsText(validate.errors)}`;
  }
}
