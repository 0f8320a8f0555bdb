import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { answering, aServerWith, problem } from '@/testing/fake-api';
import { renderApp } from '@/testing/render-app';
import { admin, anna } from '@/testing/samples';

describe('the users', () => {
  it('are not shown to those who are no administrators, nor asked for', async () => {
    aServerWith({ me: anna });
    const { client } = renderApp('/users');
    expect(await screen.findByText('Only for administrators')).toBeVisible();
    expect(await screen.findByRole('link', { name: 'Devices' })).toBeVisible();
    expect(screen.queryByRole('link', { name: 'Users' })).toBeNull();
    expect(client.getQueryState(['users'])?.dataUpdatedAt ?? 0).toBe(0);
  });

  it('are listed for administrators, who cannot delete themselves', async () => {
    aServerWith({ users: [admin, anna] });
    renderApp('/users');
    expect(await screen.findByRole('button', { name: 'Delete user anna' })).toBeVisible();
    expect(await screen.findByRole('link', { name: 'Users' })).toHaveAttribute('aria-current', 'page');
    expect(screen.queryByRole('button', { name: 'Delete user admin' })).toBeNull();
    expect(screen.getByRole('row', { name: /admin/ })).toHaveTextContent('This is you');
  });

  it('can be added', async () => {
    const world = aServerWith({ users: [admin] });
    const asked = answering('post', '/api/users', () => {
      world.users = [admin, anna];
      return HttpResponse.json(anna, { status: 201 });
    });
    const { user } = renderApp('/users');
    await user.click(await screen.findByRole('button', { name: 'Add user' }));
    const dialog = within(await screen.findByRole('dialog'));
    fireEvent.change(dialog.getByLabelText(/User name/), { target: { value: 'anna' } });
    fireEvent.change(dialog.getByLabelText(/Password/), { target: { value: 'correct horse' } });
    await user.click(dialog.getByRole('button', { name: 'Add user' }));
    expect(await screen.findByRole('row', { name: /anna/ })).toBeVisible();
    expect(asked[0]?.body).toEqual({ username: 'anna', password: 'correct horse', is_admin: false });
  });

  it('that the server refuses are explained at the field', async () => {
    aServerWith();
    answering('post', '/api/users', () => problem(400, 'INVALID', { errors: [{ field: 'password', message: 'is too short' }] }));
    const { user } = renderApp('/users');
    await user.click(await screen.findByRole('button', { name: 'Add user' }));
    const dialog = within(await screen.findByRole('dialog'));
    await user.click(dialog.getByRole('button', { name: 'Add user' }));
    await waitFor(() => expect(dialog.getByLabelText(/Password/)).toHaveFocus());
    expect(dialog.getByLabelText(/Password/)).toHaveAccessibleDescription(/is too short/);
  });

  it('are deleted only after the consequence was named', async () => {
    const world = aServerWith({ users: [admin, anna] });
    const asked = answering('delete', '/api/users/2', () => {
      world.users = [admin];
      return new HttpResponse(null, { status: 204 });
    });
    const { user } = renderApp('/users');
    await user.click(await screen.findByRole('button', { name: 'Delete user anna' }));
    expect(await screen.findByRole('dialog')).toHaveTextContent('All brokers and devices of anna are deleted too');
    await user.click(screen.getByRole('button', { name: 'Delete user' }));
    await waitFor(() => expect(screen.queryByRole('row', { name: /anna/ })).toBeNull());
    expect(asked).toHaveLength(1);
  });
});
