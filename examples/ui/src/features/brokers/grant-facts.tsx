import { Fact, Facts } from '@/components/facts';
import type { Grants } from '@/lib/api/types';
import { duration } from '@/lib/time';

/** What the broker granted, which may be less than was asked for. */
export function GrantFacts({ grants }: { grants: Grants }) {
  const missing = [
    grants.retain_available ? null : 'retained messages',
    grants.wildcard_available ? null : 'wildcards in topic filters',
    grants.shared_available ? null : 'shared subscriptions',
  ].filter((name) => name !== null);
  return (
    <Facts aria-label="Granted by the broker">
      <Fact name="Keep alive">{grants.keep_alive} s</Fact>
      <Fact name="Highest QoS">{grants.maximum_qos}</Fact>
      <Fact name="Messages in flight">{grants.receive_maximum.toLocaleString('en')}</Fact>
      <Fact name="Largest packet">{grants.maximum_packet_size.toLocaleString('en')} bytes</Fact>
      <Fact name="Session">{grants.session_present ? 'kept from before' : 'new'}</Fact>
      {grants.session_expiry !== null && <Fact name="Session kept for">{duration(grants.session_expiry * 1_000)}</Fact>}
      {grants.assigned_client_id !== null && (
        <Fact name="Client ID given"><code>{grants.assigned_client_id}</code></Fact>
      )}
      <Fact name="Not offered">{missing.length === 0 ? 'nothing is missing' : missing.join(', ')}</Fact>
    </Facts>
  );
}
