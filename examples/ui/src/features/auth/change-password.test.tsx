import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { answering, aServerWith, problem } from '@/testing/fake-api';
import { renderApp } from '@/testing/render-app';

async function changing(current: string, wanted: string, repeated: string) {
  aServerWith();
  const asked = answering('put', '/api/auth/password', () =>
    current === 'right'
      ? new HttpResponse(null, { status: 204 })
      : problem(400, 'INVALID', { errors: [{ field: 'current_password', message: 'is wrong' }] }),
  );
  const { user } = renderApp('/devices');
  await user.click(await screen.findByRole('button', { name: 'User menu of admin' }));
  await user.click(await screen.findByRole('menuitem', { name: 'Change password' }));
  const dialog = within(await screen.findByRole('dialog'));
  const type = (label: RegExp, value: string) => fireEvent.change(dialog.getByLabelText(label), { target: { value } });
  type(/Current password/, current);
  type(/New password(?! again)/, wanted);
  type(/New password again/, repeated);
  await user.click(dialog.getByRole('button', { name: 'Change password' }));
  return { asked, dialog };
}

describe('changing the own password', () => {
  it('sends the old and the new one', async () => {
    const { asked } = await changing('right', 'new one', 'new one');
    await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
    expect(asked[0]?.body).toEqual({ current_password: 'right', new_password: 'new one' });
  });

  it('finds a slip of the fingers before the server sees it', async () => {
    const { asked, dialog } = await changing('right', 'new one', 'new won');
    expect(dialog.getByLabelText(/New password again/)).toHaveAccessibleDescription(/differ/);
    expect(asked).toHaveLength(0);
  });

  it('says when the current password is wrong', async () => {
    const { dialog } = await changing('wrong', 'new one', 'new one');
    await waitFor(() => expect(dialog.getByLabelText(/Current password/)).toHaveFocus());
    expect(dialog.getByLabelText(/Current password/)).toHaveAccessibleDescription(/is wrong/);
  });
});
