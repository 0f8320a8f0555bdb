import { Checkbox, FormSelect, FormSelectOption, TextArea } from '@patternfly/react-core';
import { describedBy, FormField } from '@/components/form-field';
import { TextField } from '@/components/text-field';
import type { MessageDraft } from './broker-draft';

interface MessageFieldsProps {
  /** The field of the API: "will" or "birth". */
  name: 'will' | 'birth';
  help: string;
  draft: MessageDraft;
  errors: Record<string, string>;
  onChange: (part: Partial<MessageDraft>) => void;
}

/** A message about the connection itself; without a topic there is none. */
export function MessageFields({ name, help, draft, errors, onChange }: MessageFieldsProps) {
  const id = (part: string) => `${name}.${part}`;
  const label = name === 'will' ? 'Will' : 'Birth';
  return (
    <>
      <TextField id={id('topic')} label={`${label} topic`} value={draft.topic} onChange={(topic) => onChange({ topic })}
        error={errors[id('topic')]} help={help} />
      {draft.topic !== '' && (
        <>
          <FormField id={id('payload')} label={`${label} payload`} error={errors[id('payload')]}>
            <TextArea {...describedBy(id('payload'), errors[id('payload')])} value={draft.payload} rows={2}
              resizeOrientation="vertical" spellCheck={false} onChange={(_event, payload) => onChange({ payload })} />
          </FormField>
          <FormField id={id('qos')} label={`${label} QoS`} error={errors[id('qos')]}>
            <FormSelect {...describedBy(id('qos'), errors[id('qos')])} value={draft.qos}
              onChange={(_event, qos) => onChange({ qos })}>
              {name === 'will' && <FormSelectOption value="0" label="0, at most once" />}
              <FormSelectOption value="1" label="1, at least once" />
              <FormSelectOption value="2" label="2, exactly once" />
            </FormSelect>
          </FormField>
          <Checkbox id={id('retain')} label={`Keep the ${name} message for later subscribers`} isChecked={draft.retain}
            onChange={(_event, retain) => onChange({ retain })} />
          {name === 'will' && (
            <TextField id={id('delay')} label="Will delay (seconds)" type="number" min={0} max={31_536_000} value={draft.delay}
              onChange={(delay) => onChange({ delay })} error={errors[id('delay')]}
              help="How long the broker waits for us to come back, with MQTT 5." />
          )}
        </>
      )}
    </>
  );
}
