import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { delay, http, HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import type { ConnectionTest } from '@/lib/api/types';
import { violations } from '@/testing/axe';
import { answering, aServerWith, problem } from '@/testing/fake-api';
import { renderApp } from '@/testing/render-app';
import { aBroker, aFailure, aTest } from '@/testing/samples';
import { server } from '@/testing/server';

const TEST = '/api/mqtt-brokers/brokers/test';

async function adding() {
  aServerWith({ brokers: [] });
  const { user } = renderApp('/');
  await user.click(await screen.findByRole('button', { name: 'Add broker' }));
  const dialog = within(await screen.findByRole('dialog'));
  fireEvent.change(dialog.getByLabelText(/^Host/), { target: { value: 'lab.example' } });
  return { user, dialog, test: () => user.click(dialog.getByRole('button', { name: 'Test connection' })) };
}

async function found(part: Partial<ConnectionTest> = {}) {
  const form = await adding();
  const asked = answering('post', TEST, () => HttpResponse.json(aTest(part)));
  await form.test();
  return { ...form, asked, result: within(await form.dialog.findByRole('region', { name: 'Connection test' })) };
}

describe('a connection test', () => {
  it('tries what is in the form without saving it, a name is not needed', async () => {
    const { asked, result, dialog } = await found();
    expect(await result.findByText(/The connection works/)).toBeVisible();
    expect(asked[0]?.body).toMatchObject({ broker_host: 'lab.example', broker_port: 1883 });
    expect(asked[0]?.body).not.toHaveProperty('id');
    expect(dialog.getByLabelText(/^Host/)).toHaveValue('lab.example');
    expect(dialog.getByLabelText(/^Name/)).toHaveValue('');
  });

  it('shows each step with its time, the certificate and what was granted', async () => {
    const { result } = await found();
    const steps = await result.findAllByRole('listitem');
    expect(steps.map((step) => step.textContent)).toEqual([
      'Name passed · 1.2 ms · 192.0.2.7',
      'Connection passed · 12 ms',
      'Encryption (TLS) passed · 41 ms',
      'Login (CONNECT) passed · 9.0 ms',
      'Topics (SUBSCRIBE) passed · 8.0 ms',
    ]);
    expect(result.getByText('CN=Factory CA')).toBeVisible();
    expect(result.getByText(/\(83 d left\)/)).toBeVisible();
    expect(result.getByText('Messages in flight')).toBeVisible();
    expect(await violations()).toEqual([]);
  });

  it('that fails says at which step, why, and what to do', async () => {
    const { result } = await found({
      succeeded: false, grants: null,
      steps: [
        { stage: 'DNS', outcome: 'PASSED', took_ms: 1, detail: null },
        { stage: 'TCP', outcome: 'FAILED', took_ms: 2, detail: null },
        { stage: 'MQTT', outcome: 'SKIPPED', took_ms: null, detail: null },
        { stage: 'SUBSCRIBE', outcome: 'SKIPPED', took_ms: null, detail: null },
      ],
      failure: aFailure(), certificate: null,
    });
    await result.findByText('Is the broker running?');
    expect(result.getByText('factory-a.example refused port 1883.')).toBeVisible();
    expect(result.getByText(/Nothing is listening on that port/)).toBeVisible();
    const shapes = result.getAllByRole('listitem').map((step) => step.querySelector('svg')?.dataset['shape']);
    expect(shapes).toEqual(['check', 'cross', 'ring', 'ring']);
    expect(result.queryByText(/The connection works/)).toBeNull();
    expect(await violations()).toEqual([]);
  });

  it('can be cancelled, which ends the request and keeps what was entered', async () => {
    const { user, dialog, test } = await adding();
    let ended = false;
    server.use(
      http.post(TEST, async ({ request }) => {
        request.signal.addEventListener('abort', () => (ended = true));
        await delay('infinite');
        return HttpResponse.json(aTest());
      }),
    );
    await test();
    expect(dialog.getByRole('button', { name: 'Test connection' })).toBeDisabled();
    await user.click(await dialog.findByRole('button', { name: 'Cancel the test' }));
    await waitFor(() => expect(ended).toBe(true));
    expect(dialog.queryByRole('region', { name: 'Connection test' })).toBeNull();
    expect(dialog.getByLabelText(/^Host/)).toHaveValue('lab.example');
    expect(dialog.getByRole('button', { name: 'Test connection' })).toBeEnabled();
  });

  it('ends with the form', async () => {
    const { user, dialog, test } = await adding();
    let ended = false;
    server.use(
      http.post(TEST, async ({ request }) => {
        request.signal.addEventListener('abort', () => (ended = true));
        await delay('infinite');
        return HttpResponse.json(aTest());
      }),
    );
    await test();
    await dialog.findByRole('button', { name: 'Cancel the test' });
    await user.click(dialog.getByRole('button', { name: 'Cancel' }));
    await waitFor(() => expect(ended).toBe(true));
  });

  it('says when its result is of other settings than those in the form now', async () => {
    const { dialog, result } = await found();
    await result.findByText(/The connection works/);
    expect(result.queryByText(/before your last change/)).toBeNull();
    fireEvent.change(dialog.getByLabelText(/^Port/), { target: { value: '1884' } });
    expect(result.getByText(/before your last change/)).toBeVisible();
  });

  it('does not ask the server while something in the form is wrong', async () => {
    const { dialog, test } = await adding();
    const asked = answering('post', TEST, () => HttpResponse.json(aTest()));
    fireEvent.change(dialog.getByLabelText(/^Port/), { target: { value: '0' } });
    await test();
    expect(dialog.getByLabelText(/^Port/)).toHaveAccessibleDescription(/from 1 to 65535/);
    expect(asked).toHaveLength(0);
  });

  it('that is asked for too often says when to try again', async () => {
    const { dialog, test } = await adding();
    answering('post', TEST, () =>
      problem(429, 'TOO_MANY_ATTEMPTS', { detail: 'too many attempts; try again in 5 s' }, { 'Retry-After': '5' }),
    );
    await test();
    expect(await dialog.findByText('too many attempts; try again in 5 s')).toBeVisible();
    expect(dialog.getByRole('button', { name: 'Test connection' })).toBeEnabled();
  });

  it('of a saved broker may use the saved password, and asks for it where it may not', async () => {
    aServerWith({ brokers: [aBroker({ username: 'anna', has_password: true })] });
    const asked = answering('post', TEST, () =>
      problem(400, 'INVALID', { errors: [{ field: 'password', message: 'must be sent again' }] }),
    );
    const { user } = renderApp('/');
    await user.click(await screen.findByRole('button', { name: 'Actions for broker factory-a' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Edit' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('button', { name: 'Test connection' }));
    expect(await dialog.findByLabelText('New password')).toHaveAccessibleDescription(/must be sent again/);
    expect(asked[0]?.body).toMatchObject({ id: 1 });
    expect(asked[0]?.body).not.toHaveProperty('password');
    expect(asked[0]?.body).not.toHaveProperty('version');
  });
});
