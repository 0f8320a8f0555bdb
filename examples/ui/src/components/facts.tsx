import { DescriptionList, DescriptionListDescription, DescriptionListGroup, DescriptionListTerm, type DescriptionListProps } from '@patternfly/react-core';

/** Names and what they are. */
export function Facts({ children, ...rest }: DescriptionListProps) {
  return (
    <DescriptionList isCompact {...rest}>
      {children}
    </DescriptionList>
  );
}

export function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{name}</DescriptionListTerm>
      <DescriptionListDescription>{children}</DescriptionListDescription>
    </DescriptionListGroup>
  );
}
