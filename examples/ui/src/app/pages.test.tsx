import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { aServerWith, problem } from '@/testing/fake-api';
import { violations } from '@/testing/axe';
import { renderApp } from '@/testing/render-app';
import { aBroker, aDevice, aFailure, ago, anEvent, aStatus, admin, anna } from '@/testing/samples';
import { server } from '@/testing/server';

const full = () => ({
  users: [admin, anna],
  brokers: [
    aBroker(),
    aBroker({ id: 2, broker_name: 'lab', status: aStatus({ broker_id: 2, broker_name: 'lab', state: 'FAILED', is_connected: false, failure: aFailure() }) }),
    aBroker({
      id: 3,
      broker_name: 'refusing',
      status: aStatus({ broker_id: 3, subscriptions: [{ filter: 'a/#', qos: 1, granted: null, reason: 'not authorized' }] }),
    }),
  ],
  devices: [aDevice(), aDevice({ id: 8, device_name: 'New', latest: null, last_seen: null, presence: 'UNKNOWN' })],
  readings: [{ at: ago(10), values: { temperature: 22.5 } }],
  events: [anEvent(), anEvent({ sequence: 2, type: 'ATTEMPT_FAILED', initiator: 'NETWORK', repeated: 3, failure: aFailure() })],
});

describe('the home page', () => {
  it('counts brokers, devices and readings', async () => {
    aServerWith(full());
    renderApp('/');
    const summary = await screen.findByRole('list', { name: 'Summary' });
    await waitFor(() => expect(summary).toHaveTextContent('Brokers connected2 of 3'));
    expect(summary).toHaveTextContent('Devices online1 of 2');
    await waitFor(() => expect(summary).toHaveTextContent('Readings in the last hour1,234'));
    expect(summary).toHaveTextContent('5 unreadable, 2 of no device');
  });

  it('has the section MQTT Broker Control', async () => {
    aServerWith();
    renderApp('/');
    expect(await screen.findByRole('heading', { level: 2, name: 'MQTT Broker Control' })).toBeVisible();
  });

  it('says when the brokers cannot be loaded, and tries again when asked', async () => {
    const world = aServerWith();
    let broken = true;
    server.use(
      http.get('/api/mqtt-brokers/brokers', () => (broken ? problem(500, 'INTERNAL') : HttpResponse.json(world.brokers))),
    );
    const { user } = renderApp('/');
    expect(await screen.findByText('The brokers could not be loaded', { exact: false })).toBeVisible();
    broken = false;
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(await screen.findByText('factory-a')).toBeVisible();
  });
});

describe('an unknown address', () => {
  it('gets a page that leads back', async () => {
    aServerWith();
    renderApp('/nowhere/at/all');
    expect(await screen.findByRole('heading', { name: /There is no such page/ })).toBeVisible();
    expect(screen.getByRole('link', { name: 'To the statistics' })).toHaveAttribute('href', '/');
  });
});

describe('accessibility rules are broken nowhere', () => {
  it.each([
    ['/', 'Sensor values over time'],
    ['/brokers/1', 'Attempt failed'],
    ['/devices', 'Freezer|New'],
    ['/devices/7', 'Values over time'],
    ['/devices/8', 'Waiting for the first message'],
    ['/users', 'anna'],
    ['/nowhere', 'There is no such page'],
  ])('on %s', async (path, landmark) => {
    aServerWith(full());
    renderApp(path);
    await screen.findAllByText(new RegExp(landmark));
    expect(await violations()).toEqual([]);
  });

  it('on the login', async () => {
    renderApp('/login', { signedIn: false });
    expect(await violations()).toEqual([]);
  });

  it('in the dialog of a broker', async () => {
    aServerWith({ brokers: [aBroker({ has_password: true, tls: true })] });
    const { user } = renderApp('/');
    await user.click(await screen.findByRole('button', { name: 'Actions for broker factory-a' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Edit' }));
    await screen.findByRole('dialog');
    expect(await violations()).toEqual([]);
  });
});
