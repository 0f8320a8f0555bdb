import { Card, CardBody, CardTitle, Content } from '@patternfly/react-core';
import { useEffect } from 'react';
import { Navigate, useLocation } from 'react-router';
import { Logo } from '@/components/logo';
import { useSession } from '@/lib/use-session';
import { LoginForm } from './login-form';
import './login-page.css';

/** After signing in, back to the page that asked for it. */
export function LoginPage() {
  const token = useSession();
  const from: unknown = (useLocation().state as { from?: unknown } | null)?.from;
  useEffect(() => {
    document.title = 'Log in · MQTT Manager';
  }, []);
  if (token !== null) return <Navigate to={typeof from === 'string' ? from : '/'} replace />;
  return (
    <main className="login-page">
      <Logo large />
      <Card className="login-page__card">
        <CardTitle component="h1">Log in to your account</CardTitle>
        <CardBody>
          <LoginForm />
          <Content component="small" className="login-page__hint">
            The first administrator&apos;s password is in the file <code>initial-admin-password</code> in the
            server&apos;s data directory.
          </Content>
        </CardBody>
      </Card>
    </main>
  );
}
