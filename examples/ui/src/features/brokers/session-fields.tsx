import { Checkbox } from '@patternfly/react-core';
import { TextField } from '@/components/text-field';
import type { FieldsProps } from './broker-form';

/** What few people need to change. */
export function SessionFields({ draft, set, errors }: FieldsProps) {
  return (
    <>
      <TextField id="client_id" label="Client ID" value={draft.client_id} maxLength={128}
        onChange={(client_id) => set({ client_id })} error={errors['client_id']}
        help="Must be unique at the broker: two clients with one ID disconnect each other. Empty: one is made." />
      <TextField id="keep_alive" label="Keep alive (seconds)" type="number" min={5} max={3600} value={draft.keep_alive}
        onChange={(keep_alive) => set({ keep_alive })} error={errors['keep_alive']}
        help="How soon a silent connection is found out." />
      <Checkbox id="clean_start" label="Start with a clean session" isChecked={draft.clean_start}
        onChange={(_event, clean_start) => set({ clean_start })}
        description="The broker then keeps no messages for the time without a connection." />
    </>
  );
}
