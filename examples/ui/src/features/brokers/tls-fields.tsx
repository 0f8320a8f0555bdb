import { Alert, Checkbox, TextArea } from '@patternfly/react-core';
import { describedBy, FormField } from '@/components/form-field';
import type { FieldsProps } from './broker-form';

/** Whom to trust; only with TLS. */
export function TlsFields({ draft, set, errors }: FieldsProps) {
  return (
    <>
      <FormField id="ca_certificate" label="Trusted CA certificate" error={errors['ca_certificate']}
        help="In PEM form, for a broker whose certificate your own authority signed. Empty: the authorities the server's system trusts.">
        <TextArea {...describedBy('ca_certificate', errors['ca_certificate'])} value={draft.ca_certificate} rows={4}
          resizeOrientation="vertical" placeholder="-----BEGIN CERTIFICATE-----" spellCheck={false}
          onChange={(_event, ca_certificate) => set({ ca_certificate })} />
      </FormField>
      <Checkbox id="verify_hostname" label="Verify the host name in the broker's certificate"
        isChecked={draft.verify_hostname} onChange={(_event, verify_hostname) => set({ verify_hostname })} />
      {!draft.verify_hostname && (
        <Alert variant="danger" isInline isPlain component="p"
          title="Any server with a trusted certificate could pose as this broker. Never do this in production." />
      )}
    </>
  );
}
