import { act, screen, waitFor, within } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { announcer } from '@/lib/announcer';
import { anEventStream, aServerWith, problem } from '@/testing/fake-api';
import { renderApp } from '@/testing/render-app';
import { aBroker, aDevice, ago, aStatus } from '@/testing/samples';
import { server } from '@/testing/server';
import { LIVE_TIMES } from './live-feed';

const real = { ...LIVE_TIMES };
afterEach(() => {
  Object.assign(LIVE_TIMES, real);
  vi.restoreAllMocks();
});

async function live(path = '/') {
  const world = aServerWith({ devices: [aDevice()] });
  const stream = anEventStream();
  const view = renderApp(path);
  await waitFor(() => expect(stream.opened).toBe(1));
  stream.send('snapshot', { statuses: world.brokers.map(({ status }) => status), devices: world.devices });
  await screen.findByText('Live');
  return { world, stream, ...view };
}

const row = () => screen.findByRole('listitem', { name: 'factory-a' });

describe('while the stream runs', () => {
  it('a change of a broker is shown without asking', async () => {
    const { stream } = await live();
    expect(await row()).toHaveTextContent('Connected');
    stream.send('status', aStatus({ state: 'CONNECTING', is_connected: false, since: ago(0), at: ago(-1) }));
    await waitFor(async () => expect(await row()).toHaveTextContent('Connecting…'));
  });

  it('an answer older than the last event does not turn time back', async () => {
    const { stream } = await live();
    stream.send('status', aStatus({ state: 'FAILED', is_connected: false, since: ago(1), at: ago(-5) }));
    await waitFor(async () => expect(await row()).toHaveTextContent('Failed'));
    stream.send('status', aStatus({ state: 'CONNECTING', is_connected: false, since: ago(2), at: ago(-4) }));
    stream.send('status', aStatus({ state: 'CONNECTING', is_connected: false, since: ago(2), at: ago(-6) }));
    stream.send('broker-removed', { broker_id: 99 });
    await act(() => new Promise((resolve) => setTimeout(resolve, 50)));
    expect(await row()).toHaveTextContent('Failed');
  });

  it('an answer that was on its way when the event came does not turn time back', async () => {
    const { world, stream } = await live();
    const old = aStatus({ state: 'CONNECTING', is_connected: false, since: ago(10), at: ago(-60) });
    let answer: (() => void) | undefined;
    const asked = new Promise<void>((resolve) => {
      server.use(
        http.get('/api/mqtt-brokers/status', async () => {
          resolve();
          await new Promise<void>((done) => { answer = done; });
          return HttpResponse.json([old]);
        }),
      );
    });
    stream.send('devices-changed', {});
    await act(() => asked);
    stream.send('status', aStatus({ state: 'FAILED', is_connected: false, since: ago(1), at: ago(1) }));
    await waitFor(async () => expect(await row()).toHaveTextContent('Failed'));
    expect(world.brokers).toHaveLength(1);
    answer?.();
    await act(() => new Promise((resolve) => setTimeout(resolve, 100)));
    expect(await row()).toHaveTextContent('Failed');
  });

  it('readings move into the latest values', async () => {
    const { stream } = await live();
    stream.send('reading', { device_id: 7, at: ago(0), values: { temperature: 23.25 }, last_seen: ago(0) });
    expect(await screen.findByText('23.25')).toBeVisible();
    expect(screen.queryByText('21.5')).toBeNull();
  });

  it('a device that goes is shown to be gone without asking', async () => {
    const { stream } = await live('/devices');
    expect(await screen.findByText('Online')).toBeVisible();
    stream.send('presence', { device_id: 99, presence: 'QUIET', at: ago(0) });
    stream.send('presence', { device_id: 7, presence: 'OFFLINE', at: ago(0) });
    expect(await screen.findByText('Offline')).toBeVisible();
    expect(screen.queryByText('Online')).toBeNull();
  });

  it('a removed broker disappears', async () => {
    const { world, stream } = await live();
    await row();
    world.brokers = [];
    stream.send('broker-removed', { broker_id: 1 });
    expect(await screen.findByText('No brokers yet.')).toBeVisible();
    expect(screen.getByText('Nothing can be received until you add one.')).toBeVisible();
  });

  it('lists are fetched again when devices or brokers were changed elsewhere', async () => {
    const { world, stream } = await live();
    world.devices = [aDevice({ device_name: 'Renamed elsewhere' })];
    stream.send('devices-changed', {});
    expect(await screen.findByRole('link', { name: 'Renamed elsewhere' })).toBeVisible();
  });

  it('an event of an unknown name does no harm', async () => {
    const { stream } = await live();
    stream.send('weather', { sunny: true });
    stream.send('reading', { device_id: 7, at: ago(0), values: { temperature: 5 }, last_seen: ago(0) });
    expect(await screen.findByText('5')).toBeVisible();
    expect(screen.getByText('Live')).toBeVisible();
  });

  it('changes of several brokers are said in one sentence', async () => {
    const world = aServerWith({
      brokers: [aBroker(), aBroker({ id: 2, broker_name: 'lab', status: aStatus({ broker_id: 2, broker_name: 'lab' }) })],
    });
    const stream = anEventStream();
    renderApp('/');
    await waitFor(() => expect(stream.opened).toBe(1));
    stream.send('snapshot', { statuses: world.brokers.map(({ status }) => status), devices: [] });
    await screen.findByText('Live');
    stream.send('status', aStatus({ state: 'CONNECTING', is_connected: false, at: ago(-1) }));
    stream.send('status', aStatus({ broker_id: 2, broker_name: 'lab', state: 'FAILED', is_connected: false, at: ago(-1) }));
    await waitFor(() => expect(announcer.current()).toBe('2 brokers lost connection.'));
    expect(screen.getByText('2 brokers lost connection.')).toHaveAttribute('aria-live', 'polite');
  });
});

describe('when the stream breaks', () => {
  it('the page polls and stays up to date, then goes live again', async () => {
    Object.assign(LIVE_TIMES, { firstRetry: 400, poll: 100 });
    const { world, stream } = await live();
    world.brokers = [aBroker({ status: aStatus({ state: 'DISCONNECTED', is_connected: false, at: ago(-1) }) })];
    stream.breakOff();
    expect(await screen.findByText('Polling every 5 s')).toBeVisible();
    await waitFor(async () => expect(await row()).toHaveTextContent('Disconnected'));
    await waitFor(() => expect(stream.opened).toBe(2));
    stream.send('snapshot', { statuses: [aStatus({ at: ago(-3) })], devices: world.devices });
    expect(await screen.findByText('Live')).toBeVisible();
    await waitFor(async () => expect(await row()).toHaveTextContent('Connected'));
  });

  it('a stream that was refused from the start is polled for as well', async () => {
    aServerWith();
    server.use(http.get('/api/mqtt-brokers/events', () => problem(500, 'INTERNAL')));
    renderApp('/');
    expect(await screen.findByText('Polling every 5 s')).toBeVisible();
    expect(await row()).toHaveTextContent('Connected');
  });

  it('a stream without a byte counts as broken, one with comments does not', async () => {
    Object.assign(LIVE_TIMES, { silence: 1_500, firstRetry: 60_000 });
    const { stream } = await live();
    for (let beat = 0; beat < 6; beat++) {
      await act(() => new Promise((resolve) => setTimeout(resolve, 400)));
      stream.comment();
    }
    expect(screen.getByText('Live')).toBeVisible();
    expect(await screen.findByText('Polling every 5 s')).toBeVisible();
  });

  it('and the server does not answer either, everything is marked as last known, and recovers by itself', async () => {
    Object.assign(LIVE_TIMES, { firstRetry: 60_000, poll: 100 });
    const { world, stream } = await live();
    await row();
    server.use(
      http.get('/api/mqtt-brokers/status', () => HttpResponse.error()),
      http.get('/api/mqtt-brokers/devices', () => HttpResponse.error()),
    );
    stream.breakOff();
    const badge = await screen.findByText(/Server unreachable/);
    expect(badge).toHaveTextContent(/Server unreachable – showing data from \d\d:\d\d:\d\d/);
    expect(screen.getByRole('alert')).toHaveTextContent('The server does not answer');
    expect(await row()).toHaveTextContent('Connected · Last known');
    expect(within(await row()).getByRole('switch')).toBeDisabled();
    server.use(
      http.get('/api/mqtt-brokers/status', () => HttpResponse.json(world.brokers.map(({ status }) => status))),
      http.get('/api/mqtt-brokers/devices', () => HttpResponse.json(world.devices)),
    );
    await waitFor(() => expect(stream.opened).toBe(2));
    expect(within(await row()).getByRole('switch')).toBeEnabled();
  });
});

describe('a hidden tab', () => {
  it('gives its stream back and opens another when it is seen again', async () => {
    const { stream, world } = await live();
    const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    act(() => void document.dispatchEvent(new Event('visibilitychange')));
    await waitFor(() => expect(screen.queryByText('Live')).toBeNull());
    expect(stream.opened).toBe(1);
    visibility.mockReturnValue('visible');
    act(() => void document.dispatchEvent(new Event('visibilitychange')));
    await waitFor(() => expect(stream.opened).toBe(2));
    stream.send('snapshot', { statuses: world.brokers.map(({ status }) => status), devices: world.devices });
    expect(await screen.findByText('Live')).toBeVisible();
  });
});
