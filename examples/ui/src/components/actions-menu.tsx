import { Dropdown, DropdownItem, DropdownList, MenuToggle } from '@patternfly/react-core';
import { EllipsisVIcon } from '@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon';
import { useState } from 'react';

export interface Action {
  name: string;
  danger?: boolean;
  disabled?: boolean;
  run: () => void;
}

/** What can be done with the thing of a row. */
export function ActionsMenu({ label, actions }: { label: string; actions: Action[] }) {
  const [open, setOpen] = useState(false);
  return (
    <Dropdown
      isOpen={open}
      onOpenChange={setOpen}
      onSelect={() => setOpen(false)}
      popperProps={{ position: 'end' }}
      shouldFocusToggleOnSelect
      toggle={(ref) => (
        <MenuToggle
          ref={ref}
          variant="plain"
          icon={<EllipsisVIcon />}
          isExpanded={open}
          aria-label={label}
          onClick={() => setOpen(!open)}
        />
      )}
    >
      <DropdownList>
        {actions.map(({ name, danger = false, disabled = false, run }) => (
          <DropdownItem key={name} isDanger={danger} isDisabled={disabled} onClick={run}>
            {name}
          </DropdownItem>
        ))}
      </DropdownList>
    </Dropdown>
  );
}
