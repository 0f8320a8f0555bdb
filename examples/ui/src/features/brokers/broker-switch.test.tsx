import { screen, waitFor } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { answering, aServerWith, problem } from '@/testing/fake-api';
import { renderApp } from '@/testing/render-app';
import { aBroker, aFailure, ago, aStatus } from '@/testing/samples';

const CONTROL = '/api/mqtt-brokers/brokers/1/control';
const off = () => aStatus({ state: 'DISCONNECTED', is_connected: false, is_active: false });
const theSwitch = () => screen.findByRole('switch', { name: 'Connect broker factory-a' });

/** An answer that waits until the test gives it. */
function held<T>() {
  let give!: (value: T) => void;
  const promise = new Promise<T>((resolve) => {
    give = resolve;
  });
  return { promise, give };
}

describe("a broker's switch", () => {
  it('turns at once, is busy until the answer, and stays', async () => {
    aServerWith({ brokers: [aBroker({ status: off() })] });
    const answer = held<Response>();
    const asked = answering('post', CONTROL, () => answer.promise);
    const { user } = renderApp('/');
    await user.click(await theSwitch());
    expect(await theSwitch()).toBeChecked();
    expect(await theSwitch()).toHaveAttribute('aria-busy', 'true');
    expect(asked[0]?.body).toEqual({ action: 'connect' });
    answer.give(HttpResponse.json(aStatus({ state: 'CONNECTING', is_connected: false, at: ago(-1) }), { status: 202 }));
    expect(await screen.findByText('Connecting…', { selector: '.connection-state__word' })).toBeVisible();
    await waitFor(async () => expect(await theSwitch()).toHaveAttribute('aria-busy', 'false'));
    expect(await theSwitch()).toBeChecked();
  });

  it('turns back and says why when the server refuses', async () => {
    aServerWith({ brokers: [aBroker({ status: off() })] });
    answering('post', CONTROL, () => problem(500, 'INTERNAL'));
    const { user } = renderApp('/');
    await user.click(await theSwitch());
    expect(await screen.findByText('INTERNAL happened')).toBeVisible();
    expect(screen.getByText(/The connection of factory-a was not changed/)).toBeVisible();
    expect(await theSwitch()).not.toBeChecked();
  });

  it('sends the last wish of several quick ones', async () => {
    aServerWith({ brokers: [aBroker({ status: off() })] });
    const first = held<Response>();
    const asked = answering('post', CONTROL, async () => {
      if (asked.length === 1) return first.promise;
      return HttpResponse.json({ ...off(), at: ago(-2) });
    });
    const { user } = renderApp('/');
    await user.click(await theSwitch());
    await user.click(await theSwitch());
    await user.click(await theSwitch());
    await user.click(await theSwitch());
    expect(asked).toHaveLength(1);
    first.give(HttpResponse.json(aStatus({ state: 'CONNECTING', is_connected: false, at: ago(-1) })));
    await waitFor(() => expect(asked).toHaveLength(2));
    expect(asked.map(({ body }) => body)).toEqual([{ action: 'connect' }, { action: 'disconnect' }]);
    await waitFor(async () => expect(await theSwitch()).not.toBeChecked());
  });

  it('is not needed to retry a failed connection at once', async () => {
    aServerWith({ brokers: [aBroker({ status: aStatus({ state: 'FAILED', is_connected: false, failure: aFailure() }) })] });
    const asked = answering('post', CONTROL, () => HttpResponse.json(aStatus({ state: 'CONNECTING', is_connected: false, at: ago(-1) })));
    const { user } = renderApp('/');
    await user.click(await screen.findByRole('button', { name: 'Retry now' }));
    expect(await screen.findByText('Connecting…', { selector: '.connection-state__word' })).toBeVisible();
    expect(asked[0]?.body).toEqual({ action: 'connect' });
  });
});

const two = () => [
  aBroker({ id: 1, status: off() }),
  aBroker({ id: 2, broker_name: 'lab', status: aStatus({ broker_id: 2, broker_name: 'lab' }) }),
];

describe('all brokers', () => {
  it('are connected with one click, only those that were off', async () => {
    aServerWith({ brokers: two() });
    const asked = answering('post', '/api/mqtt-brokers/brokers/:id/control', () => HttpResponse.json(aStatus({ at: ago(-1) })));
    const { user } = renderApp('/');
    await user.click(await screen.findByRole('button', { name: 'Connect all' }));
    await waitFor(async () => expect(await theSwitch()).toBeChecked());
    expect(asked.map(({ url, body }) => [url.pathname, body])).toEqual([[CONTROL, { action: 'connect' }]]);
  });

  it('are disconnected only after a question that names them', async () => {
    aServerWith({ brokers: two() });
    const asked = answering('post', '/api/mqtt-brokers/brokers/:id/control', () =>
      HttpResponse.json(aStatus({ broker_id: 2, broker_name: 'lab', is_active: false, is_connected: false, state: 'DISCONNECTED', at: ago(-1) })),
    );
    const { user } = renderApp('/');
    await user.click(await screen.findByRole('button', { name: 'Disconnect all' }));
    const dialog = await screen.findByRole('dialog');
    expect(dialog).toHaveTextContent('lab will be disconnected');
    expect(asked).toHaveLength(0);
    await user.click(screen.getAllByRole('button', { name: 'Disconnect all' }).at(-1)!);
    await waitFor(() => expect(asked.map(({ body }) => body)).toEqual([{ action: 'disconnect' }]));
  });
});
