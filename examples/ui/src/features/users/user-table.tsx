import { Button, Label } from '@patternfly/react-core';
import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import type { User } from '@/lib/api/types';
import { exact } from '@/lib/time';

interface UserTableProps {
  users: User[];
  me: User;
  onDelete: (user: User) => void;
}

export function UserTable({ users, me, onDelete }: UserTableProps) {
  return (
    <Table aria-label="Users" gridBreakPoint="grid-md">
      <Thead>
        <Tr>
          <Th>User name</Th>
          <Th>Role</Th>
          <Th>Since</Th>
          <Th screenReaderText="Actions" />
        </Tr>
      </Thead>
      <Tbody>
        {users.map((user) => (
          <Tr key={user.id}>
            <Td dataLabel="User name">{user.username}</Td>
            <Td dataLabel="Role">{user.is_admin ? <Label color="blue">Administrator</Label> : 'User'}</Td>
            <Td dataLabel="Since">{exact(user.created_at)}</Td>
            <Td isActionCell>
              {user.id === me.id ? (
                <span className="subtle">This is you</span>
              ) : (
                <Button variant="link" isDanger isInline aria-label={`Delete user ${user.username}`} onClick={() => onDelete(user)}>
                  Delete
                </Button>
              )}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
