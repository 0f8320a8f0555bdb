import { Alert, Button, Spinner } from '@patternfly/react-core';
import { useEffect, useRef } from 'react';
import { FailurePanel } from '@/components/failure-panel';
import { ProblemAlert } from '@/components/problem-alert';
import { StatusDot } from '@/components/status-dot';
import type { ConnectionTest as Result, Stage, TestStep } from '@/lib/api/types';
import { inMillis } from '@/lib/time';
import { CertificateFacts } from './certificate-facts';
import { GrantFacts } from './grant-facts';
import { SubscriptionList } from './subscription-list';
import type { TestState } from './use-connection-test';
import './connection-test.css';

const STAGES: Record<Stage, string> = {
  DNS: 'Name',
  TCP: 'Connection',
  TLS: 'Encryption (TLS)',
  MQTT: 'Login (CONNECT)',
  SUBSCRIBE: 'Topics (SUBSCRIBE)',
};

const OUTCOMES = {
  PASSED: { tone: 'good', shape: 'check', word: 'passed' },
  FAILED: { tone: 'bad', shape: 'cross', word: 'failed' },
  SKIPPED: { tone: 'none', shape: 'ring', word: 'not reached' },
} as const;

interface ConnectionTestProps {
  state: TestState;
  /** Whether the form was changed since. */
  outdated: boolean;
  onCancel: () => void;
}

/** A test that runs, or what it found: step by step, with the reason of the step that failed. */
export function ConnectionTest({ state, outdated, onCancel }: ConnectionTestProps) {
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    // It stands below a form that is longer than the dialog.
    if (state.phase !== 'none') section.current?.scrollIntoView({ block: 'nearest' });
  }, [state]);
  if (state.phase === 'none') return null;
  return (
    <section ref={section} className="connection-test" aria-label="Connection test">
      {state.phase === 'running' && (
        <p className="connection-test__running">
          <Spinner size="md" aria-label="Testing the connection" /> Testing the connection. It can take half a minute.{' '}
          <Button variant="link" isInline onClick={onCancel}>Cancel the test</Button>
        </p>
      )}
      {state.phase === 'problem' && <ProblemAlert title="The connection was not tested" error={state.problem} />}
      {state.phase === 'done' && <Found test={state.test} outdated={outdated} />}
    </section>
  );
}

function Found({ test, outdated }: { test: Result; outdated: boolean }) {
  return (
    <>
      {outdated && <Alert variant="info" isInline isPlain component="p" title="Of the settings before your last change." />}
      {test.succeeded && (
        <Alert variant="success" isInline component="h2" title={`The connection works (${inMillis(test.took_ms)})`}>
          Nothing was saved, and the test left nothing behind at the broker.
        </Alert>
      )}
      <ol className="connection-test__steps" aria-label="Steps">
        {test.steps.map((step) => (
          <Step key={step.stage} step={step} />
        ))}
      </ol>
      {test.failure !== null && <FailurePanel failure={test.failure} />}
      {test.subscriptions.length > 0 && (
        <Part title="Topics"><SubscriptionList subscriptions={test.subscriptions} connected /></Part>
      )}
      {test.certificate !== null && (
        <Part title="Certificate"><CertificateFacts certificate={test.certificate} /></Part>
      )}
      {test.grants !== null && <Part title="Granted by the broker"><GrantFacts grants={test.grants} /></Part>}
    </>
  );
}

function Part({ title, children }: { title: string; children: React.ReactNode }) {
  return (
    <div>
      <h3 className="connection-test__title">{title}</h3>
      {children}
    </div>
  );
}

function Step({ step }: { step: TestStep }) {
  const { tone, shape, word } = OUTCOMES[step.outcome];
  return (
    <li>
      <StatusDot tone={tone} shape={shape} />
      <span>
        <strong>{STAGES[step.stage]}</strong> {word}
        {step.took_ms !== null && ` · ${inMillis(step.took_ms)}`}
        {/* Why a step failed stands below in full. */}
        {step.detail !== null && step.outcome !== 'FAILED' && <span className="subtle"> · {step.detail}</span>}
      </span>
    </li>
  );
}
