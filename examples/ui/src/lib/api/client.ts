import { serverClock } from '@/lib/server-clock';
import { session } from '@/lib/session';
import { problemOf, Unreachable } from './problem';

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** One request to the API: the parsed body, or an ApiProblem, or Unreachable. */
export async function request<T>(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await send(path, {
    method,
    headers: {
      Accept: 'application/json, application/problem+json',
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
  });
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/** The same with the body left unread, for the event stream. */
export async function send(path: string, init: RequestInit): Promise<Response> {
  const token = session.token();
  const headers = new Headers(init.headers);
  if (token) headers.set('Authorization', `Bearer ${token}`);
  const response = await fetchOrUnreachable(path, { ...init, headers, cache: 'no-store' });
  serverClock.observe(response.headers.get('Date'));
  if (response.ok) return response;
  const problem = await problemOf(response);
  // A wrong password is an answer; every other 401 means that the session is over (unless a new one began meanwhile).
  if (problem.status === 401 && problem.code !== 'BAD_CREDENTIALS' && session.token() === token) session.end();
  throw problem;
}

async function fetchOrUnreachable(path: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new Unreachable();
  }
  // What a proxy answers for a server that is down. The server itself says 503 while its database does not answer.
  const isDown = response.status === 502 || response.status === 503 || response.status === 504;
  if (isDown && !response.headers.get('Content-Type')?.includes('problem+json')) throw new Unreachable();
  return response;
}
