import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { answering, anEventStream, aServerWith, problem } from '@/testing/fake-api';
import { renderApp } from '@/testing/render-app';
import type { Reading } from '@/lib/api/types';
import { aDevice, ago } from '@/testing/samples';

const DEVICES = '/api/mqtt-brokers/devices';

describe('the list of devices', () => {
  it('shows each with its presence, its broker, its values and when it was last heard', async () => {
    aServerWith({
      devices: [
        aDevice(),
        aDevice({ id: 8, device_name: 'Freezer', presence: 'OFFLINE', expected_interval: 60, latest: { at: ago(360), values: { t: -18 } } }),
      ],
    });
    renderApp('/devices');
    const press = await screen.findByRole('row', { name: /Press/ });
    expect(press).toHaveTextContent('Online');
    expect(press).toHaveTextContent('temperature21.5');
    expect(press).toHaveTextContent(/\d s ago/);
    await waitFor(() => expect(press).toHaveTextContent('factory-aConnected'));
    const freezer = screen.getByRole('row', { name: /Freezer/ });
    expect(freezer).toHaveTextContent('Offline');
    expect(freezer).toHaveTextContent('No data for 6 min');
  });

  it('without devices says what that means', async () => {
    aServerWith({ devices: [], brokers: [] });
    renderApp('/devices');
    expect(await screen.findByText('No devices yet.')).toBeVisible();
    expect(await screen.findByText(/A device needs a broker/)).toBeVisible();
  });

  it('loses a device only after a question that names it', async () => {
    const world = aServerWith();
    const asked = answering('delete', `${DEVICES}/7`, () => {
      world.devices = [];
      return new HttpResponse(null, { status: 204 });
    });
    const { user } = renderApp('/devices');
    await user.click(await screen.findByRole('button', { name: 'Actions for device Press' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Delete' }));
    await user.click(await screen.findByRole('button', { name: 'Delete device' }));
    expect(await screen.findByText('No devices yet.')).toBeVisible();
    expect(asked).toHaveLength(1);
  });
});

async function adding() {
  const world = aServerWith({ devices: [] });
  const stream = anEventStream();
  const { user } = renderApp('/devices');
  await waitFor(async () => expect(await screen.findByRole('button', { name: 'Add device' })).toBeEnabled());
  await user.click(screen.getByRole('button', { name: 'Add device' }));
  const dialog = within(await screen.findByRole('dialog'));
  const type = (label: RegExp, value: string) => fireEvent.change(dialog.getByLabelText(label), { target: { value } });
  return { world, stream, user, dialog, type, save: () => user.click(dialog.getByRole('button', { name: 'Add device' })) };
}

describe('adding a device', () => {
  it('sends one topic a line and leads to its page, which waits for the first message and then is glad', async () => {
    const { world, stream, type, save } = await adding();
    const created = aDevice({
      telemetry_topics: ['a/{device_id}'], latest: null, last_seen: null, presence: 'UNKNOWN',
    });
    const asked = answering('post', DEVICES, () => {
      world.devices = [created];
      return HttpResponse.json(created, { status: 201 });
    });
    type(/^Name/, 'Press');
    type(/^Device ID/, 'press-1');
    type(/^Telemetry topics/, 'a/{device_id}\n\n b/+/x \n');
    type(/^Availability topic/, ' up/{device_id} ');
    await save();
    expect(await screen.findByText(/Device created\. Waiting for the first message…/)).toBeVisible();
    expect(asked[0]?.body).toMatchObject({
      device_name: 'Press', device_id: 'press-1', mqtt_broker_id: 1, device_type: null, expected_interval: 60,
      telemetry_topics: ['a/{device_id}', 'b/+/x'], availability_topic: 'up/{device_id}',
    });
    expect(screen.getByLabelText('Line to publish with')).toHaveValue(
      `mosquitto_pub -h factory-a.example -p 1883 -q 1 -t 'a/press-1' -m '{"temperature": 21.5}'`,
    );
    stream.send('reading', { device_id: 7, at: ago(0), values: { temperature: 20 }, last_seen: ago(0) });
    expect(await screen.findByText('The first message has arrived.')).toBeVisible();
  });

  it('shows the errors of the server at their fields', async () => {
    const { type, dialog, save } = await adding();
    answering('post', DEVICES, () => problem(409, 'CONFLICT', { errors: [{ field: 'device_id', message: 'exists at this broker' }] }));
    type(/^Name/, 'Press');
    type(/^Device ID/, 'press-1');
    await save();
    await waitFor(() => expect(dialog.getByLabelText(/^Device ID/)).toHaveFocus());
    expect(dialog.getByLabelText(/^Device ID/)).toHaveAccessibleDescription(/exists at this broker/);
  });

  it('refuses an id that cannot stand in a topic', async () => {
    const { type, dialog, save } = await adding();
    type(/^Name/, 'Press');
    type(/^Device ID/, 'press/1');
    await save();
    expect(dialog.getByLabelText(/^Device ID/)).toHaveAttribute('aria-invalid', 'true');
  });
});

describe('the page of a device', () => {
  const readings: Reading[] = [
    { at: ago(10), values: { temperature: 22.5, pressure: 4 } },
    { at: ago(70), values: { temperature: 20.5 } },
  ];

  it('shows its readings as a table, newest first, with gaps where a value is missing', async () => {
    aServerWith({ readings });
    renderApp('/devices/7');
    const table = within(await screen.findByRole('region', { name: 'Readings of the last 24 hours' }));
    const rows = table.getAllByRole('row').slice(1).map((row) => within(row).getAllByRole('cell').slice(1).map((cell) => cell.textContent));
    expect(rows).toEqual([['22.5', '4'], ['20.5', '–']]);
  });

  it('says what the messages were that could not be read', async () => {
    const unreadable = {
      count: 12, last_at: ago(60), last_topic: 'devices/press-1/telemetry', last_reason: 'no number in the payload',
      last_sample: '<b>warming up</b>',
    };
    aServerWith({ devices: [aDevice({ unreadable })] });
    const { container } = renderApp('/devices/7');
    expect(await screen.findByRole('heading', { name: /12 messages could not be read/ })).toBeVisible();
    expect(screen.getByText(/no number in the payload/)).toBeVisible();
    expect(screen.getByText('<b>warming up</b>')).toBeVisible();
    expect(container.querySelector('b')).toBeNull();
  });

  it('for an id of nobody says so', async () => {
    aServerWith();
    renderApp('/devices/999');
    expect(await screen.findByText('There is no such device')).toBeVisible();
  });
});

async function sending(answer: () => Response) {
  aServerWith();
  const asked = answering('post', `${DEVICES}/7/commands`, answer);
  const { user } = renderApp('/devices/7');
  const payload = await screen.findByLabelText('Payload');
  return { asked, user, payload, send: () => user.click(screen.getByRole('button', { name: 'Send' })) };
}

describe('a command', () => {
  const outcome = { topic: 'devices/press-1/commands', reason_code: 0, failure: null, at: ago(0) };

  it('as JSON is sent as JSON, and the acknowledgement is shown', async () => {
    const { asked, payload, send } = await sending(() => HttpResponse.json({ ...outcome, outcome: 'ACKNOWLEDGED' }, { status: 202 }));
    fireEvent.change(payload, { target: { value: '{"on": true}' } });
    await send();
    expect(await screen.findByText(/The broker took it at/)).toBeVisible();
    expect(asked[0]?.body).toEqual({ payload: { on: true } });
  });

  it('as text is sent as it is', async () => {
    const { asked, user, payload, send } = await sending(() => HttpResponse.json({ ...outcome, outcome: 'ACKNOWLEDGED' }));
    await user.click(screen.getByLabelText('Text'));
    fireEvent.change(payload, { target: { value: '{"on": true}' } });
    await send();
    await waitFor(() => expect(asked[0]?.body).toEqual({ payload: '{"on": true}' }));
  });

  it('that is not JSON is not sent as JSON', async () => {
    const { asked, payload, send } = await sending(() => HttpResponse.json({}));
    fireEvent.change(payload, { target: { value: 'on' } });
    await send();
    expect(payload).toHaveAccessibleDescription(/This is not JSON/);
    expect(asked).toHaveLength(0);
  });

  it('that did not get through says why', async () => {
    const { send } = await sending(() =>
      HttpResponse.json({ ...outcome, outcome: 'FAILED', failure: { kind: 'NOT_CONNECTED', message: 'factory-a is not connected.' } }),
    );
    await send();
    expect(await screen.findByText('factory-a is not connected.')).toBeVisible();
  });
});
