import { Button, Form, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useState, type FormEvent } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { TextField } from '@/components/text-field';
import { useFirstErrorFocus } from '@/components/use-first-error-focus';
import { announcer } from '@/lib/announcer';
import { authApi } from '@/lib/api/calls';
import { ApiProblem } from '@/lib/api/problem';

export function ChangePasswordDialog({ onClose }: { onClose: () => void }) {
  const [current, setCurrent] = useState('');
  const [wanted, setWanted] = useState('');
  const [repeated, setRepeated] = useState('');
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<unknown>(null);
  const form = useFirstErrorFocus(errors);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    setErrors({});
    if (wanted !== repeated) {
      setErrors({ repeated: 'The two new passwords differ.' });
      return;
    }
    try {
      await authApi.changePassword(current, wanted);
      announcer.say('Password changed.');
      onClose();
    } catch (error) {
      if (error instanceof ApiProblem && error.fields.length > 0) setErrors(error.fieldErrors());
      else setProblem(error);
    }
  };

  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby="change-password-title">
      <ModalHeader title="Change password" labelId="change-password-title" />
      <ModalBody>
        <Form id="change-password" ref={form} onSubmit={(event) => void submit(event)} noValidate>
          {problem !== null && <ProblemAlert title="The password was not changed" error={problem} />}
          <TextField id="current-password" label="Current password" type="password" autoComplete="current-password"
            value={current} onChange={setCurrent} error={errors['current_password']} required />
          <TextField id="new-password" label="New password" type="password" autoComplete="new-password"
            value={wanted} onChange={setWanted} error={errors['new_password']} required />
          <TextField id="repeated-password" label="New password again" type="password" autoComplete="new-password"
            value={repeated} onChange={setRepeated} error={errors['repeated']} required />
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="change-password">Change password</Button>
        <Button variant="link" onClick={onClose}>Cancel</Button>
      </ModalFooter>
    </Modal>
  );
}
