import { screen, waitFor, within } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import type { Broker, BrokerEvent, Status } from '@/lib/api/types';
import { anEventStream, answering, aServerWith } from '@/testing/fake-api';
import { renderApp } from '@/testing/render-app';
import { aBroker, aFailure, aGrant, aHandling, ago, anEvent, aStatus, aTraffic } from '@/testing/samples';

async function pageOf(status: Partial<Status>, events: BrokerEvent[] = [], part: Partial<Broker> = {}) {
  const world = aServerWith({ brokers: [aBroker({ status: aStatus(status), ...part })], events });
  const view = renderApp('/brokers/1');
  await screen.findByRole('heading', { level: 1, name: 'factory-a' });
  return { world, ...view };
}

function history() {
  return screen.findByRole('list', { name: 'History' });
}

describe('the page of a broker', () => {
  it('is reached from its row', async () => {
    aServerWith();
    const { user, router } = renderApp('/');
    await user.click(await screen.findByRole('link', { name: 'factory-a' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/brokers/1'));
  });

  it('shows what the broker granted', async () => {
    await pageOf({
      grants: aGrant({ keep_alive: 15, receive_maximum: 10, wildcard_available: false, assigned_client_id: 'given-7', session_present: true }),
    });
    const granted = within(await screen.findByRole('region', { name: 'Granted by the broker' }));
    for (const text of ['15 s', '10', '262,144 bytes', 'kept from before', '1 d', 'given-7', 'wildcards in topic filters']) {
      expect(granted.getByText(text)).toBeVisible();
    }
  });

  it('shows where every message has gone, and not what never happened', async () => {
    await pageOf({ traffic: aTraffic({ received: 1_234, handled: 1_200, open: 34 }, { accepted: 9, published: 7, queued: 2 }) });
    const messages = within(await screen.findByRole('region', { name: 'Messages' }));
    for (const [name, count] of [['Received', '1,234'], ['Delivered', '1,200'], ['Being handled', '34'], ['Waiting', '2']] as const) {
      expect(messages.getByText(name).closest('div')).toHaveTextContent(count);
    }
    expect(messages.queryByText('Failed')).toBeNull();
    expect(messages.queryByRole('heading', { name: /does not keep up/ })).toBeNull();
  });

  it('says that handlers fail, and that nothing is lost by that', async () => {
    await pageOf({ handling: aHandling({ failing: 3, overdue: 1, paused: true, troubled_since: ago(60) }) });
    const messages = await screen.findByRole('region', { name: 'Messages' });
    expect(messages).toHaveTextContent(/3 could not be stored and are tried again; 1 take longer/);
    expect(messages).toHaveTextContent(/has to wait.*Since 1 min ago.*Nothing is lost/);
  });

  it('shows the endpoint in use, which need not be the first', async () => {
    await pageOf({ endpoint: { host: 'second.example', port: 8884 } }, [], { tls: true });
    expect(await screen.findByText('mqtts://second.example:8884')).toBeVisible();
  });

  it('shows the certificate and how long it is valid', async () => {
    await pageOf({
      certificate: { subject: 'CN=a', issuer: 'CN=Own CA', expires_at: ago(-86_400 * 5 - 60), sha256: 'cd'.repeat(32) },
    });
    const certificate = await screen.findByRole('region', { name: 'Certificate' });
    expect(certificate).toHaveTextContent('CN=Own CA');
    expect(certificate).toHaveTextContent(/\(5 d left\)/);
  });

  it('says at which position a broker waits for its start', async () => {
    await pageOf({ state: 'CONNECTING', is_connected: false, waiting_position: 12 });
    expect(screen.getAllByText('Waiting').length).toBeGreaterThan(0);
    expect(screen.getAllByText(/position 12/).length).toBeGreaterThan(0);
  });

  it('says why there is no connection and what to do', async () => {
    await pageOf({ state: 'FAILED', is_connected: false, failure: aFailure({ kind: 'TLS_UNKNOWN_CA', remedy: 'Give its CA.' }) });
    expect(await screen.findByText('Give its CA.')).toBeVisible();
    expect(screen.getByText(/Certificate not trusted/, { selector: 'h3 *, h3' })).toBeVisible();
  });

  it('connects and disconnects', async () => {
    const { user } = await pageOf({});
    const asked = answering('post', '/api/mqtt-brokers/brokers/1/control', () =>
      HttpResponse.json(aStatus({ state: 'DISCONNECTING', is_active: false, is_connected: false, at: ago(-1) }), { status: 202 }),
    );
    await user.click(screen.getByRole('button', { name: 'Disconnect' }));
    expect(await screen.findByRole('button', { name: 'Connect' })).toBeVisible();
    expect(asked[0]?.body).toEqual({ action: 'disconnect' });
  });

  it('of a broker that does not exist leads back', async () => {
    aServerWith();
    renderApp('/brokers/99');
    expect(await screen.findByRole('heading', { name: /There is no such broker/ })).toBeVisible();
    expect(screen.getByRole('link', { name: 'To the brokers' })).toHaveAttribute('href', '/');
  });
});

describe('the history of a broker', () => {
  it('tells when, what, by whom and why, newest first', async () => {
    await pageOf({}, [
      anEvent({ sequence: 4, type: 'DISCONNECT_REQUESTED', initiator: 'USER', actor: 'anna', at: ago(5) }),
      anEvent({ sequence: 3, type: 'CONNECTION_LOST', initiator: 'NETWORK', failure: aFailure({ kind: 'CONNECTION_LOST', message: 'Reset by peer.', remedy: 'Look at the network.' }) }),
      anEvent({ sequence: 2, type: 'CONNECTED' }),
    ]);
    const entries = within(await history()).getAllByRole('listitem');
    expect(entries).toHaveLength(3);
    expect(entries[0]).toHaveTextContent(/\d\d:\d\d:\d\d \(\d s ago\)Disconnecting was asked for by anna/);
    expect(entries[1]).toHaveTextContent('Connection lost by the network');
    expect(entries[1]).toHaveTextContent('Reset by peer. Look at the network.');
    expect(entries[2]).toHaveTextContent('Connected by this server');
  });

  it('counts attempts that failed alike', async () => {
    await pageOf({}, [anEvent({ type: 'ATTEMPT_FAILED', initiator: 'NETWORK', repeated: 14, first_at: ago(600), failure: aFailure() })]);
    expect(await history()).toHaveTextContent(/Attempt failed by the network · 14 times since \d\d:\d\d:\d\d/);
  });

  it('shows an event of a kind that it has never heard of', async () => {
    await pageOf({}, [anEvent({ type: 'SOMETHING_NEW' as never })]);
    expect(await history()).toHaveTextContent('SOMETHING_NEW');
  });

  it('says when nothing has happened', async () => {
    await pageOf({});
    expect(await screen.findByText(/Nothing has happened/)).toBeVisible();
  });

  it('is asked for again when the state changes', async () => {
    const world = aServerWith({ events: [anEvent()] });
    const stream = anEventStream();
    renderApp('/brokers/1');
    await waitFor(() => expect(stream.opened).toBe(1));
    stream.send('snapshot', { statuses: [aStatus()], devices: [] });
    expect(await history()).toHaveTextContent('Connected by this server');
    world.events = [anEvent({ sequence: 2, type: 'CONNECTION_LOST', initiator: 'NETWORK' }), anEvent()];
    stream.send('status', aStatus({ state: 'CONNECTING', is_connected: false, since: ago(0), at: ago(-1) }));
    await waitFor(async () => expect(await history()).toHaveTextContent('Connection lost'));
  });
});
