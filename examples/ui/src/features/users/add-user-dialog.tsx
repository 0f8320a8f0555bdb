import { Button, Checkbox, Form, Modal, ModalBody, ModalFooter, ModalHeader } from '@patternfly/react-core';
import { useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { TextField } from '@/components/text-field';
import { useFirstErrorFocus } from '@/components/use-first-error-focus';
import { usersApi } from '@/lib/api/calls';
import { ApiProblem } from '@/lib/api/problem';
import { keys } from '@/lib/api/queries';

export function AddUserDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [user, setUser] = useState({ username: '', password: '', is_admin: false });
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<unknown>(null);
  const form = useFirstErrorFocus(errors);
  const set = (part: Partial<typeof user>) => setUser((known) => ({ ...known, ...part }));

  const save = async (event: FormEvent) => {
    event.preventDefault();
    setErrors({});
    setProblem(null);
    try {
      await usersApi.add(user);
      await client.invalidateQueries({ queryKey: keys.users });
      onClose();
    } catch (error) {
      if (error instanceof ApiProblem && error.fields.length > 0) setErrors(error.fieldErrors());
      else setProblem(error);
    }
  };

  return (
    <Modal isOpen variant="small" onClose={onClose} aria-labelledby="add-user-title" elementToFocus="#new-username">
      <ModalHeader title="Add user" labelId="add-user-title" />
      <ModalBody>
        <Form id="add-user" ref={form} onSubmit={(event) => void save(event)} noValidate>
          {problem !== null && <ProblemAlert title="The user was not added" error={problem} />}
          <TextField id="new-username" label="User name" autoComplete="off" required value={user.username}
            onChange={(username) => set({ username })} error={errors['username']} />
          <TextField id="new-password" label="Password" type="password" autoComplete="new-password" required
            value={user.password} onChange={(password) => set({ password })} error={errors['password']} />
          <Checkbox id="is-admin" label="Administrator" description="May add and remove users."
            isChecked={user.is_admin} onChange={(_event, is_admin) => set({ is_admin })} />
        </Form>
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="add-user">Add user</Button>
        <Button variant="link" onClick={onClose}>Cancel</Button>
      </ModalFooter>
    </Modal>
  );
}
