import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import type { Broker } from '@/lib/api/types';
import { answering, aServerWith, problem } from '@/testing/fake-api';
import { renderApp } from '@/testing/render-app';
import { aBroker } from '@/testing/samples';

const BROKERS = '/api/mqtt-brokers/brokers';

async function adding() {
  const world = aServerWith({ brokers: [] });
  const asked = answering('post', BROKERS, () => HttpResponse.json(aBroker(), { status: 201 }));
  const { user } = renderApp('/');
  await user.click(await screen.findByRole('button', { name: 'Add broker' }));
  const dialog = within(await screen.findByRole('dialog'));
  return { world, asked, user, dialog, save: () => user.click(dialog.getByRole('button', { name: 'Add broker' })) };
}

async function editing(part: Partial<Broker> = {}) {
  const world = aServerWith({ brokers: [aBroker({ username: 'anna', has_password: true, ...part })] });
  const asked = answering('put', `${BROKERS}/1`, () => HttpResponse.json(aBroker()));
  const { user } = renderApp('/');
  await user.click(await screen.findByRole('button', { name: 'Actions for broker factory-a' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Edit' }));
  const dialog = within(await screen.findByRole('dialog'));
  return { world, asked, user, dialog, save: () => user.click(dialog.getByRole('button', { name: 'Save' })) };
}

function type(field: HTMLElement, value: string) {
  fireEvent.change(field, { target: { value } });
}

describe('adding a broker', () => {
  it('sends what was entered, with the defaults of the rest', async () => {
    const { asked, dialog, save } = await adding();
    type(dialog.getByLabelText(/^Name/), 'lab');
    type(dialog.getByLabelText(/^Host/), 'lab.example');
    await save();
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(asked[0]?.body).toEqual({
      broker_name: 'lab', broker_host: 'lab.example', broker_port: 1883, username: null, is_active: true,
      protocol_version: '5', tls: false, ca_certificate: null, verify_hostname: true, keep_alive: 20, clean_start: false,
      will: null, birth: null,
    });
  });

  it('follows the choice of TLS with the port, until the port is edited', async () => {
    const { user, dialog } = await adding();
    const tls = dialog.getByLabelText('Encrypt with TLS');
    const port = dialog.getByLabelText(/^Port/);
    await user.click(tls);
    expect(port).toHaveValue(8883);
    await user.click(tls);
    expect(port).toHaveValue(1883);
    type(port, '1884');
    await user.click(tls);
    expect(port).toHaveValue(1884);
  });

  it('splits a pasted address into host, port, TLS and user', async () => {
    const { dialog } = await adding();
    type(dialog.getByLabelText(/^Host/), 'mqtts://anna@broker.example:9883');
    expect(dialog.getByLabelText(/^Host/)).toHaveValue('broker.example');
    expect(dialog.getByLabelText(/^Port/)).toHaveValue(9883);
    expect(dialog.getByLabelText('Encrypt with TLS')).toBeChecked();
    expect(dialog.getByLabelText('User name')).toHaveValue('anna');
  });

  it('shows the errors of the server at their fields and goes to the first', async () => {
    const { dialog, save } = await adding();
    answering('post', BROKERS, () =>
      problem(400, 'INVALID', {
        errors: [
          { field: 'username', message: 'must not contain a NUL' },
          { field: 'broker_host', message: 'must not contain a space' },
        ],
      }),
    );
    type(dialog.getByLabelText(/^Name/), 'lab');
    type(dialog.getByLabelText(/^Host/), 'a b');
    await save();
    const host = dialog.getByLabelText(/^Host/);
    await waitFor(() => expect(host).toHaveFocus());
    expect(host).toHaveAttribute('aria-invalid', 'true');
    expect(host).toHaveAccessibleDescription(/must not contain a space/);
    expect(dialog.getByLabelText('User name')).toHaveAccessibleDescription(/must not contain a NUL/);
  });

  it('asks for what is missing before asking the server', async () => {
    const { asked, dialog, save } = await adding();
    type(dialog.getByLabelText(/^Port/), '70000');
    await save();
    expect(dialog.getByLabelText(/^Name/)).toHaveFocus();
    expect(dialog.getByLabelText(/^Port/)).toHaveAccessibleDescription(/from 1 to 65535/);
    expect(asked).toHaveLength(0);
  });

  it('opens the session settings when the error is there', async () => {
    const { dialog, save } = await adding();
    answering('post', BROKERS, () => problem(400, 'INVALID', { errors: [{ field: 'client_id', message: 'is too long' }] }));
    type(dialog.getByLabelText(/^Name/), 'lab');
    type(dialog.getByLabelText(/^Host/), 'lab.example');
    await save();
    await waitFor(() => expect(dialog.getByLabelText('Client ID')).toHaveFocus());
  });
});

describe('birth and will messages', () => {
  it('are sent when they have a topic', async () => {
    const { asked, user, dialog, save } = await adding();
    type(dialog.getByLabelText(/^Name/), 'lab');
    type(dialog.getByLabelText(/^Host/), 'lab.example');
    await user.click(dialog.getByRole('button', { name: 'Birth and will messages' }));
    expect(dialog.queryByLabelText('Birth payload')).toBeNull();
    type(dialog.getByLabelText('Birth topic'), 'lab/here');
    type(dialog.getByLabelText('Birth payload'), 'yes');
    type(dialog.getByLabelText('Will topic'), 'lab/here');
    type(dialog.getByLabelText('Will payload'), 'no');
    type(dialog.getByLabelText('Will QoS'), '0');
    await user.click(dialog.getByLabelText('Keep the will message for later subscribers'));
    type(dialog.getByLabelText('Will delay (seconds)'), '30');
    await save();
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]?.body).toMatchObject({
      birth: { topic: 'lab/here', payload: 'yes', qos: 1, retain: false },
      will: { topic: 'lab/here', payload: 'no', qos: 0, retain: true, delay: 30 },
    });
  });

  it('of a saved broker are kept', async () => {
    const will = { topic: 'a/gone', payload: 'x', qos: 2, retain: true, delay: 5 };
    const { asked, save } = await editing({ will });
    await save();
    await waitFor(() => expect(asked[0]?.body).toMatchObject({ will, birth: null }));
  });

  it('open where the server finds something wrong with them', async () => {
    const { dialog, save } = await editing({ birth: { topic: 'a/#', payload: '', qos: 1, retain: false } });
    answering('put', `${BROKERS}/1`, () =>
      problem(400, 'INVALID', { errors: [{ field: 'birth.topic', message: 'must not contain the wildcards' }] }),
    );
    await save();
    await waitFor(() => expect(dialog.getByLabelText('Birth topic')).toHaveFocus());
    expect(dialog.getByLabelText('Birth topic')).toHaveAccessibleDescription(/must not contain the wildcards/);
  });
});

describe('the saved password of a broker', () => {
  it('is kept by not sending one', async () => {
    const { asked, dialog, save } = await editing();
    expect(dialog.getByText('•••••••• saved')).toBeVisible();
    type(dialog.getByLabelText(/^Name/), 'renamed');
    await save();
    await waitFor(() => expect(asked).toHaveLength(1));
    expect(asked[0]?.body).toMatchObject({ broker_name: 'renamed', version: 3 });
    expect(asked[0]?.body).not.toHaveProperty('password');
  });

  it('is replaced by the new one', async () => {
    const { asked, user, dialog, save } = await editing();
    await user.click(dialog.getByRole('button', { name: 'Replace the saved password' }));
    type(dialog.getByLabelText('New password'), 's3cret');
    await save();
    await waitFor(() => expect(asked[0]?.body).toHaveProperty('password', 's3cret'));
  });

  it('is removed with null', async () => {
    const { asked, user, dialog, save } = await editing();
    await user.click(dialog.getByRole('button', { name: 'Remove the saved password' }));
    expect(dialog.getByText('Will be removed when you save.')).toBeVisible();
    await save();
    await waitFor(() => expect(asked[0]?.body).toHaveProperty('password', null));
  });

  it('is asked for again when the address changes', async () => {
    const { asked, dialog, save } = await editing();
    type(dialog.getByLabelText(/^Host/), 'elsewhere.example');
    await save();
    expect(await dialog.findByLabelText('New password')).toHaveAccessibleDescription(/enter the password again/);
    await waitFor(() => expect(dialog.getByLabelText('New password')).toHaveFocus());
    expect(asked).toHaveLength(0);
  });

  it('is asked for again when the server wants it', async () => {
    const { dialog, save } = await editing();
    answering('put', `${BROKERS}/1`, () =>
      problem(400, 'INVALID', { errors: [{ field: 'password', message: 'must be sent again' }] }),
    );
    await save();
    expect(await dialog.findByLabelText('New password')).toHaveAccessibleDescription(/must be sent again/);
  });
});

describe('a broker that somebody else changed meanwhile', () => {
  it('is not overwritten: the conflict is explained and the current values can be loaded', async () => {
    const { world, asked, user, dialog, save } = await editing();
    answering('put', `${BROKERS}/1`, () => problem(409, 'CONFLICT'));
    world.brokers = [aBroker({ broker_name: 'renamed by ben', version: 4 })];
    type(dialog.getByLabelText(/^Name/), 'renamed by me');
    await save();
    expect(await dialog.findByText(/was changed while you were editing it/)).toBeVisible();
    await user.click(dialog.getByRole('button', { name: 'Load the current values' }));
    expect(dialog.getByLabelText(/^Name/)).toHaveValue('renamed by ben');
    expect(asked).toHaveLength(0);
  });

  it('is told apart from a name that is taken', async () => {
    const { dialog, save } = await editing();
    answering('put', `${BROKERS}/1`, () => problem(409, 'CONFLICT', { detail: 'There is a broker lab already.' }));
    await save();
    expect(await dialog.findByText('There is a broker lab already.')).toBeVisible();
    expect(dialog.queryByText(/was changed while you were editing/)).toBeNull();
  });
});

async function deleting(device_count: number, others: Broker[] = []) {
  aServerWith({ brokers: [aBroker({ device_count }), ...others] });
  const asked = answering('delete', `${BROKERS}/1`, () => new HttpResponse(null, { status: 204 }));
  const { user } = renderApp('/');
  await user.click(await screen.findByRole('button', { name: 'Actions for broker factory-a' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Delete' }));
  const dialog = await screen.findByRole('dialog', { name: /Delete factory-a\?/ });
  return { asked, user, dialog, button: within(dialog).getByRole('button', { name: 'Delete broker' }) };
}

describe('deleting a broker', () => {
  it('without devices needs one confirmation', async () => {
    const { asked, user, button } = await deleting(0);
    await user.click(button);
    await waitFor(() => expect(asked.map(({ url }) => url.search)).toEqual(['']));
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  });

  it('with devices needs the choice to delete them too', async () => {
    const { asked, user, dialog, button } = await deleting(3);
    expect(dialog).toHaveTextContent('3 devices are linked to it and would receive no more data.');
    expect(button).toBeDisabled();
    await user.click(within(dialog).getByLabelText('Also delete its devices and all their readings'));
    await user.click(button);
    await waitFor(() => expect(asked.map(({ url }) => url.search)).toEqual(['?devices=delete']));
  });

  it('can move its devices to another broker', async () => {
    const others = [aBroker({ id: 2, broker_name: 'lab' }), aBroker({ id: 3, broker_name: 'roof' })];
    const { asked, user, dialog, button } = await deleting(3, others);
    await user.click(within(dialog).getByLabelText('Move its devices to another broker'));
    await user.selectOptions(within(dialog).getByLabelText('Broker that gets the devices'), 'roof');
    await user.click(button);
    await waitFor(() => expect(asked.map(({ url }) => url.search)).toEqual(['?devices=move&to=3']));
  });

  it('that turns out to have devices offers the choice then', async () => {
    const { user, dialog, button } = await deleting(0);
    answering('delete', `${BROKERS}/1`, () => problem(409, 'BROKER_IN_USE', { detail: 'A device is linked.' }));
    await user.click(button);
    expect(await within(dialog).findByText('A device is linked.')).toBeVisible();
    expect(within(dialog).getByRole('radio')).not.toBeChecked();
    expect(button).toBeDisabled();
  });
});
