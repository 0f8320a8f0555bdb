import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { Status } from '@/lib/api/types';
import { aServerWith } from '@/testing/fake-api';
import { renderApp } from '@/testing/render-app';
import { aBroker, aFailure, ago, aStatus } from '@/testing/samples';

async function rowOf(part: Partial<Status>, tls = false) {
  aServerWith({ brokers: [aBroker({ status: aStatus(part), tls })] });
  const { user } = renderApp('/');
  const row = await screen.findByRole('listitem', { name: 'factory-a' });
  const dot = row.querySelector('svg.status-dot')!;
  return { user, row, shown: [dot.getAttribute('data-tone'), dot.getAttribute('data-shape')] };
}

describe('a broker', () => {
  it('that is connected is green with a check and says since when', async () => {
    const { row, shown } = await rowOf({ state: 'CONNECTED' });
    expect(shown).toEqual(['good', 'check']);
    expect(row).toHaveTextContent('Connected · 2 h 14 min');
    expect(row).toHaveTextContent('mqtt://factory-a.example:1883');
    expect(row).toHaveTextContent(/Last message \d s ago/);
  });

  it('that is connecting is amber and turning', async () => {
    const { row, shown } = await rowOf({ state: 'CONNECTING', is_connected: false, since: ago(3) });
    expect(shown).toEqual(['busy', 'spinner']);
    expect(row).toHaveTextContent(/Connecting… · \d s/);
  });

  it('that waits for its start says at which position', async () => {
    const { row, shown } = await rowOf({ state: 'CONNECTING', is_connected: false, waiting_position: 3 });
    expect(shown).toEqual(['busy', 'spinner']);
    expect(row).toHaveTextContent('Waiting · position 3');
  });

  it('that waits for its next attempt counts down to it', async () => {
    const { row, shown } = await rowOf({ state: 'RECONNECTING', is_connected: false, attempt: 4, next_attempt_at: ago(-8) });
    expect(shown).toEqual(['busy', 'spinner']);
    expect(row).toHaveTextContent(/Retry 4 in [78] s/);
  });

  it('that is disconnecting is amber', async () => {
    const { row, shown } = await rowOf({ state: 'DISCONNECTING', is_connected: false, is_active: false });
    expect(shown).toEqual(['busy', 'spinner']);
    expect(row).toHaveTextContent('Disconnecting…');
  });

  it('that was switched off is a red hollow ring, its switch off', async () => {
    const { row, shown } = await rowOf({ state: 'DISCONNECTED', is_connected: false, is_active: false, since: ago(300) });
    expect(shown).toEqual(['bad', 'ring']);
    expect(row).toHaveTextContent('Disconnected · for 5 min');
    expect(within(row).getByRole('switch', { name: 'Connect broker factory-a' })).not.toBeChecked();
  });

  it('that failed says in the open what happened and what to do', async () => {
    const failure = aFailure({
      kind: 'MQTT_BAD_CREDENTIALS', stage: 'MQTT', reason_code: 134, retryable: false,
      message: 'The broker rejected user "anna".', remedy: 'Enter the password again.',
    });
    const { row, shown } = await rowOf({ state: 'FAILED', is_connected: false, failure });
    expect(shown).toEqual(['bad', 'cross']);
    expect(row).toHaveTextContent('Failed · User name or password wrong');
    expect(within(row).getByText('The broker rejected user "anna".')).toBeVisible();
    expect(within(row).getByText('Enter the password again.')).toBeVisible();
    expect(within(row).getByRole('switch')).toBeChecked();
  });

  it('shows the technical details of a failure when asked', async () => {
    const failure = aFailure({ kind: 'MQTT_NOT_AUTHORIZED', stage: 'MQTT', reason_code: 135 });
    const { user, row } = await rowOf({ state: 'FAILED', is_connected: false, failure });
    await user.click(within(row).getByRole('button', { name: 'Technical details' }));
    for (const detail of ['MQTT_NOT_AUTHORIZED', 'MQTT', '135 (0x87)']) {
      expect(within(row).getByText(detail)).toBeVisible();
    }
  });

  it('gives a failure of a kind it has never heard of a title all the same', async () => {
    const { row } = await rowOf({ state: 'FAILED', is_connected: false, failure: aFailure({ kind: 'SOMETHING_NEW' }) });
    expect(within(row).getByRole('heading')).toHaveTextContent('Connection failed');
  });

  it('that is connected again no longer shows its last failure', async () => {
    const { row } = await rowOf({ state: 'CONNECTED', failure: aFailure() });
    expect(within(row).queryByText('Is the broker running?')).toBeNull();
  });

  it('that is connected and answers nothing is amber and says what to do', async () => {
    const { row, shown } = await rowOf({ responsive: false, failure: aFailure({ kind: 'MQTT_NO_RESPONSE' }) });
    expect(shown).toEqual(['busy', 'pause']);
    expect(row).toHaveTextContent('Connected, not responding');
    expect(within(row).getByText('Is the broker running?')).toBeVisible();
  });

  it('with a refused subscription says which topic and why', async () => {
    const { row, shown } = await rowOf({
      subscriptions: [
        { filter: 'secret/#', qos: 1, granted: null, reason: 'not authorized' },
        { filter: 'open/#', qos: 1, granted: 1, reason: null },
      ],
    });
    expect(shown).toEqual(['good', 'check']);
    expect(within(row).getByRole('heading')).toHaveTextContent('1 topic refused');
    expect(row).toHaveTextContent('secret/#: not authorized');
    expect(row).not.toHaveTextContent('open/#');
  });

  it('with TLS says so in its address', async () => {
    const { row } = await rowOf({}, true);
    expect(row).toHaveTextContent('mqtts://factory-a.example:1883');
  });

  it('shows a name full of markup as text', async () => {
    const evil = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';
    aServerWith({ brokers: [aBroker({ broker_name: evil, status: aStatus({ state: 'FAILED', is_connected: false, failure: aFailure({ message: evil, remedy: evil }) }) })] });
    const { container } = renderApp('/');
    expect(await screen.findAllByText(evil)).toHaveLength(3);
    expect(container.querySelector('img, script')).toBeNull();
    expect(window).not.toHaveProperty('pwned');
  });
});
