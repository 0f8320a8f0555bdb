import { TextInput, type TextInputProps } from '@patternfly/react-core';
import { describedBy, FormField } from './form-field';

interface TextFieldProps extends Pick<TextInputProps, 'type' | 'autoComplete' | 'min' | 'max' | 'maxLength' | 'placeholder' | 'onPaste'> {
  id: string;
  label: string;
  value: string;
  onChange: (value: string) => void;
  help?: React.ReactNode;
  error?: string | undefined;
  required?: boolean;
}

export function TextField({ id, label, value, onChange, help, error, required = false, ...input }: TextFieldProps) {
  return (
    <FormField id={id} label={label} help={help} error={error} required={required}>
      <TextInput
        {...describedBy(id, error)}
        {...input}
        value={value}
        isRequired={required}
        onChange={(_event, text) => onChange(text)}
      />
    </FormField>
  );
}
