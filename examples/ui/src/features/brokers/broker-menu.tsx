import { Divider, Dropdown, DropdownItem, DropdownList, MenuToggle } from '@patternfly/react-core';
import { EllipsisVIcon } from '@patternfly/react-icons/dist/esm/icons/ellipsis-v-icon';
import { useState } from 'react';

interface BrokerMenuProps {
  name: string;
  onEdit: () => void;
  onDelete: () => void;
  onRetry: () => void;
}

export function BrokerMenu({ name, onEdit, onDelete, onRetry }: BrokerMenuProps) {
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
          aria-label={`Actions for broker ${name}`}
          onClick={() => setOpen(!open)}
        />
      )}
    >
      <DropdownList>
        <DropdownItem onClick={onEdit}>Edit</DropdownItem>
        <DropdownItem onClick={onRetry}>Retry now</DropdownItem>
        <Divider component="li" />
        <DropdownItem isDanger onClick={onDelete}>
          Delete
        </DropdownItem>
      </DropdownList>
    </Dropdown>
  );
}
