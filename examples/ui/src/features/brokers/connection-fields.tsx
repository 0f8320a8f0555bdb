import { Checkbox, FormSelect, FormSelectOption } from '@patternfly/react-core';
import { describedBy, FormField } from '@/components/form-field';
import { TextField } from '@/components/text-field';
import type { ProtocolVersion } from '@/lib/api/types';
import { withHost, withTls } from './broker-draft';
import type { FieldsProps } from './broker-form';

/** Which broker, and where. */
export function ConnectionFields({ draft, set, change, errors }: FieldsProps) {
  return (
    <>
      <TextField id="broker_name" label="Name" value={draft.broker_name} maxLength={100} required
        onChange={(broker_name) => set({ broker_name })} error={errors['broker_name']}
        help="How you call this broker." />
      <TextField id="broker_host" label="Host" value={draft.broker_host} required
        onChange={(text) => change((known) => withHost(known, text))} error={errors['broker_host']}
        help="A host name or address. You can paste a whole address such as mqtts://broker.example:8883." />
      <Checkbox id="tls" label="Encrypt with TLS" isChecked={draft.tls}
        onChange={(_event, tls) => change((known) => withTls(known, tls))}
        description="Without it, everything travels readable, the password too." />
      <TextField id="broker_port" label="Port" type="number" min={1} max={65535} value={draft.broker_port} required
        onChange={(broker_port) => set({ broker_port, portEdited: true })} error={errors['broker_port']}
        help="Usually 1883, with TLS 8883." />
      <FormField id="protocol_version" label="MQTT version" error={errors['protocol_version']}
        help="3.1.1 for older brokers.">
        <FormSelect {...describedBy('protocol_version', errors['protocol_version'])} value={draft.protocol_version}
          onChange={(_event, version) => set({ protocol_version: version as ProtocolVersion })}>
          <FormSelectOption value="5" label="MQTT 5" />
          <FormSelectOption value="3.1.1" label="MQTT 3.1.1" />
        </FormSelect>
      </FormField>
      <Checkbox id="is_active" label="Connect as soon as it is saved, and whenever the server starts"
        isChecked={draft.is_active} onChange={(_event, is_active) => set({ is_active })} />
    </>
  );
}
