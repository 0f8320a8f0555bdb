import { ActionGroup, Alert, Button, Form } from '@patternfly/react-core';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import { TextField } from '@/components/text-field';
import { authApi } from '@/lib/api/calls';
import { ApiProblem, messageOf } from '@/lib/api/problem';
import { session } from '@/lib/session';

export function LoginForm() {
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLDivElement>(null);

  useEffect(() => {
    form.current?.querySelector<HTMLElement>(problem === null ? '#username' : '#password')?.focus();
  }, [problem]);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const { access_token } = await authApi.login(username, password);
      session.start(access_token);
    } catch (error) {
      setProblem(error);
      setPassword('');
    } finally {
      setBusy(false);
    }
  };

  return (
    <div ref={form}>
      <Form onSubmit={(event) => void submit(event)} noValidate>
        {problem !== null && (
          <div role="alert">
            <Alert variant="danger" isInline title={words(problem)} component="p" />
          </div>
        )}
        <TextField
          id="username"
          label="User name"
          value={username}
          onChange={setUsername}
          autoComplete="username"
          required
        />
        <TextField
          id="password"
          label="Password"
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          required
        />
        <ActionGroup>
          <Button type="submit" isBlock isLoading={busy} isDisabled={busy || username === '' || password === ''}>
            Log in
          </Button>
        </ActionGroup>
      </Form>
    </div>
  );
}

/** The same words whether the name or the password is wrong. */
function words(problem: unknown): string {
  if (!(problem instanceof ApiProblem)) return messageOf(problem);
  if (problem.status === 401) return 'User name or password is wrong.';
  if (problem.status !== 429) return messageOf(problem);
  const wait = problem.retryAfterSeconds;
  return wait === null ? 'Too many attempts. Try again later.' : `Too many attempts. Try again in ${wait} s.`;
}
