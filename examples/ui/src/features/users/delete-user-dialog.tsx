import { useQueryClient } from '@tanstack/react-query';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { usersApi } from '@/lib/api/calls';
import { keys } from '@/lib/api/queries';
import type { User } from '@/lib/api/types';

export function DeleteUserDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const client = useQueryClient();
  const remove = async () => {
    await usersApi.remove(user.id);
    await client.invalidateQueries({ queryKey: keys.users });
  };
  return (
    <ConfirmDialog title={`Delete ${user.username}?`} confirm="Delete user" onConfirm={remove} onClose={onClose}>
      All brokers and devices of {user.username} are deleted too, with their data. This cannot be undone.
    </ConfirmDialog>
  );
}
