import { Alert, Button, Form, Radio, TextArea } from '@patternfly/react-core';
import { useState, type FormEvent } from 'react';
import { describedBy, FormField } from '@/components/form-field';
import { ProblemAlert } from '@/components/problem-alert';
import { devicesApi } from '@/lib/api/calls';
import type { CommandOutcome, Device } from '@/lib/api/types';
import { clockTime } from '@/lib/time';

type Kind = 'json' | 'text';

/** Sends something to the device, and says what became of it. */
export function CommandForm({ device }: { device: Device }) {
  const [kind, setKind] = useState<Kind>('json');
  const [text, setText] = useState('{"switch": "on"}');
  const [fault, setFault] = useState<string>();
  const [outcome, setOutcome] = useState<CommandOutcome | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const send = async (event: FormEvent) => {
    event.preventDefault();
    setOutcome(null);
    setProblem(null);
    const payload = kind === 'text' ? text : parsed(text);
    setFault(payload === undefined ? 'This is not JSON. To send it as it is, choose text.' : undefined);
    if (payload === undefined) return;
    setBusy(true);
    try {
      setOutcome(await devicesApi.command(device.id, payload));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Form onSubmit={(event) => void send(event)} noValidate>
      <FormField id="payload" label="Payload" error={fault}>
        <TextArea {...describedBy('payload', fault)} value={text} rows={3} spellCheck={false}
          resizeOrientation="vertical" onChange={(_event, value) => setText(value)} />
      </FormField>
      <div role="radiogroup" aria-label="Send as" className="command-kinds">
        <Radio id="as-json" name="kind" label="JSON" isChecked={kind === 'json'} onChange={() => setKind('json')} />
        <Radio id="as-text" name="kind" label="Text" isChecked={kind === 'text'} onChange={() => setKind('text')} />
      </div>
      <div>
        <Button type="submit" variant="secondary" isLoading={busy} isDisabled={busy}>Send</Button>
      </div>
      <div role="status">{outcome !== null && <Outcome outcome={outcome} />}</div>
      {problem !== null && <ProblemAlert title="The command was not sent" error={problem} />}
    </Form>
  );
}

function Outcome({ outcome: { outcome, topic, failure, at } }: { outcome: CommandOutcome }) {
  if (outcome === 'ACKNOWLEDGED') {
    return (
      <Alert variant="success" isInline component="p" title={`The broker took it at ${clockTime(at)}`}>
        Published to <code>{topic}</code>.
      </Alert>
    );
  }
  return (
    <Alert variant="danger" isInline component="p" title="The command did not get through">
      {failure?.message ?? 'The broker gave no reason.'}
    </Alert>
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
