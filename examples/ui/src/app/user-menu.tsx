import { Dropdown, DropdownItem, DropdownList, MenuToggle } from '@patternfly/react-core';
import { UserIcon } from '@patternfly/react-icons/dist/esm/icons/user-icon';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ChangePasswordDialog } from '@/features/auth/change-password-dialog';
import { useMe } from '@/lib/api/queries';
import { session } from '@/lib/session';

export function UserMenu() {
  const me = useMe().data;
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const [changing, setChanging] = useState(false);
  const logOut = () => {
    void navigate('/login', { replace: true });
    session.end();
  };
  return (
    <>
      <Dropdown
        isOpen={open}
        onOpenChange={setOpen}
        onSelect={() => setOpen(false)}
        popperProps={{ position: 'end' }}
        shouldFocusToggleOnSelect
        toggle={(ref) => (
          <MenuToggle
            ref={ref}
            isExpanded={open}
            onClick={() => setOpen(!open)}
            icon={<UserIcon />}
            aria-label={`User menu of ${me?.username ?? '…'}`}
            variant="plainText"
          >
            <span className="user-menu__name">{me?.username ?? ''}</span>
          </MenuToggle>
        )}
      >
        <DropdownList>
          <DropdownItem onClick={() => setChanging(true)}>Change password</DropdownItem>
          <DropdownItem onClick={logOut}>Log out</DropdownItem>
        </DropdownList>
      </Dropdown>
      {changing && <ChangePasswordDialog onClose={() => setChanging(false)} />}
    </>
  );
}
