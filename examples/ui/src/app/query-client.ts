import { QueryClient } from '@tanstack/react-query';
import { ApiProblem } from '@/lib/api/problem';

/** An answer is an answer: only a server that did not answer, or failed, is asked again. */
function worthAnotherTry(failures: number, error: Error): boolean {
  return failures < 2 && !(error instanceof ApiProblem && error.status < 500);
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: { queries: { retry: worthAnotherTry, staleTime: 2_000, networkMode: 'always' } },
  });
}
