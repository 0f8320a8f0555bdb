import { Button, EmptyState, EmptyStateBody, PageSection, Skeleton } from '@patternfly/react-core';
import { useState } from 'react';
import { PageHeading } from '@/components/page-heading';
import { ProblemAlert } from '@/components/problem-alert';
import { useMe, useUsers } from '@/lib/api/queries';
import type { User } from '@/lib/api/types';
import { AddUserDialog } from './add-user-dialog';
import { DeleteUserDialog } from './delete-user-dialog';
import { UserTable } from './user-table';

type Task = { kind: 'add' } | { kind: 'delete'; user: User } | null;

export function UsersPage() {
  const me = useMe().data;
  const { data: users, error } = useUsers(me?.is_admin === true);
  const [task, setTask] = useState<Task>(null);
  const done = () => setTask(null);
  if (me !== undefined && !me.is_admin) return <OnlyForAdministrators />;
  return (
    <>
      <PageHeading title="Users" lead="Everyone sees only their own brokers and devices.">
        <Button onClick={() => setTask({ kind: 'add' })}>Add user</Button>
      </PageHeading>
      <PageSection>
        {error !== null && <ProblemAlert title="The users could not be loaded" error={error} />}
        {users === undefined && error === null && <Skeleton height="8rem" screenreaderText="Loading the users" />}
        {users !== undefined && me !== undefined && (
          <UserTable users={users} me={me} onDelete={(user) => setTask({ kind: 'delete', user })} />
        )}
      </PageSection>
      {task?.kind === 'add' && <AddUserDialog onClose={done} />}
      {task?.kind === 'delete' && <DeleteUserDialog user={task.user} onClose={done} />}
    </>
  );
}

function OnlyForAdministrators() {
  return (
    <PageSection>
      <EmptyState titleText="Only for administrators" headingLevel="h1">
        <EmptyStateBody>Ask an administrator to add or remove users.</EmptyStateBody>
      </EmptyState>
    </PageSection>
  );
}
