import { ExpandableSection, Form, FormSection } from '@patternfly/react-core';
import { useState, type FormEvent } from 'react';
import { TextField } from '@/components/text-field';
import { useFirstErrorFocus } from '@/components/use-first-error-focus';
import type { Broker } from '@/lib/api/types';
import type { BrokerDraft } from './broker-draft';
import { ConnectionFields } from './connection-fields';
import { MessageFields } from './message-fields';
import { PasswordField } from './password-field';
import { SessionFields } from './session-fields';
import { TlsFields } from './tls-fields';

export interface FieldsProps {
  draft: BrokerDraft;
  errors: Record<string, string>;
  set: (part: Partial<BrokerDraft>) => void;
  change: (how: (draft: BrokerDraft) => BrokerDraft) => void;
}

interface BrokerFormProps {
  id: string;
  broker: Broker | null;
  draft: BrokerDraft;
  errors: Record<string, string>;
  change: FieldsProps['change'];
  onSubmit: () => void;
  children?: React.ReactNode;
}

const ADVANCED = ['client_id', 'keep_alive', 'clean_start'];

export function BrokerForm({ id, broker, draft, errors, change, onSubmit, children }: BrokerFormProps) {
  const form = useFirstErrorFocus(errors);
  const [opened, setOpened] = useState(false);
  const [messages, setMessages] = useState(false);
  const set = (part: Partial<BrokerDraft>) => change((known) => ({ ...known, ...part }));
  const fields = { draft, errors, set, change };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Form id={id} ref={form} onSubmit={submit} noValidate>
      {children}
      <ConnectionFields {...fields} />
      {draft.tls && (
        <FormSection title="TLS" titleElement="h2">
          <TlsFields {...fields} />
        </FormSection>
      )}
      <FormSection title="Login at the broker" titleElement="h2">
        <TextField id="username" label="User name" value={draft.username} autoComplete="off"
          onChange={(username) => set({ username })} error={errors['username']}
          help="Leave empty if the broker asks for none." />
        <PasswordField draft={draft} saved={broker?.has_password === true} error={errors['password']}
          onWish={(passwordWish) => set({ passwordWish, password: '' })} onChange={(password) => set({ password })} />
      </FormSection>
      <ExpandableSection toggleText="Session settings" onToggle={(_event, open) => setOpened(open)}
        isExpanded={opened || ADVANCED.some((field) => errors[field] !== undefined)}>
        <div className="pf-v6-c-form">
          <SessionFields {...fields} />
        </div>
      </ExpandableSection>
      <ExpandableSection toggleText="Birth and will messages" onToggle={(_event, open) => setMessages(open)}
        isExpanded={messages || Object.keys(errors).some((field) => /^(will|birth)\b/.test(field))}>
        <div className="pf-v6-c-form">
          <MessageFields name="birth" draft={draft.birth} errors={errors}
            help="Published whenever the connection stands. Empty: no such message."
            onChange={(part) => change((known) => ({ ...known, birth: { ...known.birth, ...part } }))} />
          <MessageFields name="will" draft={draft.will} errors={errors}
            help="Published by the broker when the connection is lost. Empty: no such message."
            onChange={(part) => change((known) => ({ ...known, will: { ...known.will, ...part } }))} />
        </div>
      </ExpandableSection>
    </Form>
  );
}
