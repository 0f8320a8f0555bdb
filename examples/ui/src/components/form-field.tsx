import { FormGroup, FormHelperText, HelperText, HelperTextItem } from '@patternfly/react-core';

interface FormFieldProps {
  id: string;
  label: string;
  help?: React.ReactNode;
  error?: string | undefined;
  required?: boolean;
  children: React.ReactNode;
}

/** What a control inside needs so that its help and its error are read with it. */
export function describedBy(id: string, error: string | undefined) {
  return {
    id,
    validated: error === undefined ? ('default' as const) : ('error' as const),
    'aria-describedby': `${id}-help`,
  };
}

/** A label, a control, its help, and in place of the help the error. */
export function FormField({ id, label, help, error, required = false, children }: FormFieldProps) {
  return (
    <FormGroup label={label} fieldId={id} isRequired={required}>
      {children}
      <FormHelperText>
        <HelperText id={`${id}-help`}>
          {error !== undefined && <HelperTextItem variant="error">{error}</HelperTextItem>}
          {help !== undefined && <HelperTextItem>{help}</HelperTextItem>}
        </HelperText>
      </FormHelperText>
    </FormGroup>
  );
}
