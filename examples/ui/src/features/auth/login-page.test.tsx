import { screen, waitFor } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { session } from '@/lib/session';
import { answering, aServerWith, problem } from '@/testing/fake-api';
import { renderApp } from '@/testing/render-app';

const LOGIN = '/api/auth/login';

async function logIn(user: ReturnType<typeof renderApp>['user'], password: string) {
  await user.type(await screen.findByLabelText(/User name/), 'anna');
  await user.type(screen.getByLabelText(/Password/), `${password}{Enter}`);
}

describe('logging in', () => {
  it('comes back to the page that asked for it', async () => {
    aServerWith();
    const asked = answering('post', LOGIN, () =>
      HttpResponse.json({ access_token: 'fresh', token_type: 'Bearer', expires_in: 600 }),
    );
    const { user, router } = renderApp('/devices?x=1', { signedIn: false });
    await logIn(user, 'correct');
    expect(await screen.findByRole('heading', { name: 'Devices' })).toBeVisible();
    expect(router.state.location.pathname + router.state.location.search).toBe('/devices?x=1');
    expect(asked[0]?.body).toEqual({ username: 'anna', password: 'correct' });
    expect(session.token()).toBe('fresh');
  });

  it('says the same whether the name or the password is wrong, and empties the password', async () => {
    answering('post', LOGIN, () => problem(401, 'BAD_CREDENTIALS'));
    const { user } = renderApp('/login', { signedIn: false });
    await logIn(user, 'wrong');
    expect(await screen.findByRole('alert')).toHaveTextContent('User name or password is wrong.');
    expect(screen.getByLabelText(/Password/)).toHaveValue('');
    expect(screen.getByLabelText(/Password/)).toHaveFocus();
  });

  it('says how long to wait after too many attempts', async () => {
    answering('post', LOGIN, () => problem(429, 'TOO_MANY_ATTEMPTS', {}, { 'Retry-After': '42' }));
    const { user } = renderApp('/login', { signedIn: false });
    await logIn(user, 'wrong');
    expect(await screen.findByRole('alert')).toHaveTextContent('Too many attempts. Try again in 42 s.');
  });

  it('says that the server does not answer instead of blaming the password', async () => {
    answering('post', LOGIN, () => HttpResponse.error());
    const { user } = renderApp('/login', { signedIn: false });
    await logIn(user, 'correct');
    expect(await screen.findByRole('alert')).toHaveTextContent('The server did not answer.');
  });

  it.each([
    ['a proxy', () => new HttpResponse('down', { status: 503 }), 'The server did not answer.'],
    ['the server itself', () => problem(503, 'STORE_AWAY', { detail: 'the database does not answer' }), 'the database does not answer'],
  ])('tells a server that is down from one whose database is, as %s says it', async (_, answer, told) => {
    answering('post', LOGIN, answer);
    const { user } = renderApp('/login', { signedIn: false });
    await logIn(user, 'correct');
    expect(await screen.findByRole('alert')).toHaveTextContent(told);
  });

  it('tells where the first password is', () => {
    renderApp('/login', { signedIn: false });
    expect(screen.getByText(/The first administrator's password is in the file/)).toHaveTextContent(
      "initial-admin-password in the server's data directory.",
    );
  });
});

describe('the end of a session', () => {
  it('leads to the login when any request is answered 401, and forgets the token', async () => {
    const world = aServerWith();
    const { router } = renderApp('/devices');
    await screen.findByRole('heading', { name: 'Devices' });
    answering('post', '/api/mqtt-brokers/devices', () => problem(401, 'UNAUTHORIZED'));
    expect(world.devices).toHaveLength(1);
    const { devicesApi } = await import('@/lib/api/calls');
    await expect(devicesApi.add({} as never)).rejects.toThrow('UNAUTHORIZED happened');
    await waitFor(() => expect(router.state.location.pathname).toBe('/login'));
    expect(router.state.location.state).toEqual({ from: '/devices' });
    expect(session.token()).toBeNull();
  });

  it('by logging out keeps nothing of what was seen', async () => {
    aServerWith();
    const { user, client, router } = renderApp('/');
    await screen.findByText('factory-a');
    await user.click(screen.getByRole('button', { name: 'User menu of admin' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Log out' }));
    await waitFor(() => expect(router.state.location.pathname).toBe('/login'));
    await waitFor(() => expect(client.getQueryCache().getAll()).toHaveLength(0));
    expect(sessionStorage).toHaveLength(0);
  });
});
