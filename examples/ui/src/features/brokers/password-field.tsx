import { Button } from '@patternfly/react-core';
import { FormField } from '@/components/form-field';
import { TextField } from '@/components/text-field';
import type { BrokerDraft, PasswordWish } from './broker-draft';

interface PasswordFieldProps {
  draft: BrokerDraft;
  saved: boolean;
  error: string | undefined;
  onWish: (wish: PasswordWish) => void;
  onChange: (password: string) => void;
}

/** A saved password is never shown and never sent back: it is kept, replaced or removed. */
export function PasswordField({ draft, saved, error, onWish, onChange }: PasswordFieldProps) {
  if (draft.passwordWish === 'replace') {
    return (
      <>
        <TextField
          id="password"
          label={saved ? 'New password' : 'Password'}
          type="password"
          autoComplete="new-password"
          value={draft.password}
          onChange={onChange}
          error={error}
          help={saved ? 'Replaces the saved password.' : 'Leave empty if the broker asks for none.'}
        />
        {saved && (
          <Button variant="link" isInline onClick={() => onWish('keep')}>
            Keep the saved password
          </Button>
        )}
      </>
    );
  }
  const removed = draft.passwordWish === 'remove';
  return (
    <FormField id="password" label="Password" error={error}>
      <div className="saved-password">
        <span>{removed ? 'Will be removed when you save.' : '•••••••• saved'}</span>
        <Button id="password" variant="link" isInline aria-label="Replace the saved password" onClick={() => onWish('replace')}>
          Replace
        </Button>
        <Button
          variant="link"
          isInline
          aria-label={removed ? 'Keep the saved password' : 'Remove the saved password'}
          onClick={() => onWish(removed ? 'keep' : 'remove')}
        >
          {removed ? 'Keep' : 'Remove'}
        </Button>
      </div>
    </FormField>
  );
}
