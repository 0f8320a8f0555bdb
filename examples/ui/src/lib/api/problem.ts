export interface FieldError {
  field: string;
  message: string;
}

/** An answer of the API that is not a success: the parts of its problem document that people or code act on. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly title: string,
    readonly detail: string,
    readonly fields: FieldError[] = [],
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(detail || title);
    this.name = 'ApiProblem';
  }

  fieldErrors(): Record<string, string> {
    return Object.fromEntries(this.fields.map((error) => [error.field, error.message]));
  }
}

/** No answer at all: the server is down, or the network between. */
export class Unreachable extends Error {
  constructor() {
    super('The server did not answer. Is it running, and is the network up?');
    this.name = 'Unreachable';
  }
}

export async function problemOf(response: Response): Promise<ApiProblem> {
  const body = await readObject(response);
  const retryAfter = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
  return new ApiProblem(
    response.status,
    text(body['code']) || `HTTP_${response.status}`,
    text(body['title']) || `The server answered ${response.status}`,
    text(body['detail']),
    fieldErrorsOf(body['errors']),
    Number.isFinite(retryAfter) ? retryAfter : null,
  );
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function readObject(response: Response): Promise<Record<string, unknown>> {
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function fieldErrorsOf(errors: unknown): FieldError[] {
  if (!Array.isArray(errors)) return [];
  return errors.flatMap((error: Record<string, unknown>) =>
    typeof error?.['field'] === 'string' ? [{ field: error['field'], message: text(error['message']) }] : [],
  );
}
