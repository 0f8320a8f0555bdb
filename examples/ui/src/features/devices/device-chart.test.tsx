import { screen, waitFor } from '@testing-library/react';
import { http, HttpResponse } from 'msw';
import { describe, expect, it, vi } from 'vitest';
import { anEventStream, aServerWith, problem } from '@/testing/fake-api';
import { drawn } from '@/testing/fake-plot';
import { renderApp } from '@/testing/render-app';
import { aDevice, ago } from '@/testing/samples';
import { server } from '@/testing/server';

const readings = [
  { at: ago(10), values: { temperature: 22.5, pressure: 4 } },
  { at: ago(70), values: { temperature: 20.5, pressure: 5 } },
];
const picture = () => screen.findByRole('img', { name: /readings from/ });

describe('the chart', () => {
  it('says in words what it shows', async () => {
    aServerWith({ readings });
    renderApp('/devices/7');
    expect(await picture()).toHaveAccessibleName(/2 readings from .* temperature: latest 22.5, lowest 20.5, highest 22.5\./);
  });

  it('draws the chosen values, oldest first', async () => {
    aServerWith({ readings });
    const { user } = renderApp('/devices/7');
    await picture();
    await user.click(screen.getByRole('button', { name: 'pressure' }));
    await waitFor(() => expect(drawn.series).toEqual(['temperature', 'pressure']));
    expect(drawn.data.slice(1)).toEqual([[20.5, 22.5], [5, 4]]);
  });

  it('can be read as a table instead', async () => {
    aServerWith({ readings });
    const { user } = renderApp('/devices/7');
    await picture();
    await user.click(screen.getByRole('button', { name: 'Show as table' }));
    expect(screen.getByRole('region', { name: 'The chart as a table' })).toHaveTextContent('temperature');
    expect(screen.queryByRole('img', { name: /readings from/ })).toBeNull();
  });

  it('shows long times summed up by the server, as averages between the lowest and the highest', async () => {
    const buckets = [
      { at: ago(1_800), seconds: 3_600, values: { temperature: { min: 20, avg: 21.5, max: 23, count: 60 } } },
      { at: ago(5_400), seconds: 3_600, values: { temperature: { min: 18, avg: 19, max: 19.5, count: 60 } } },
    ];
    aServerWith({ readings, buckets });
    const { user } = renderApp('/devices/7');
    await picture();
    await user.click(screen.getByRole('button', { name: '7 d' }));
    expect(await screen.findByRole('img', { name: /2 averages over 1 h from/ })).toHaveAccessibleName(
      /temperature: latest 21.5, lowest 18, highest 23\./,
    );
    await waitFor(() => expect(drawn.data.slice(1)).toEqual([[19, 21.5], [18, 20], [19.5, 23]]));
    expect(screen.getByRole('button', { name: 'temperature' })).toBeInTheDocument();
  });

  it('offers every reading of the time shown as a file', async () => {
    aServerWith({ readings });
    let asked: URL | undefined;
    server.use(
      http.get('/api/mqtt-brokers/devices/7/readings.csv', ({ request }) => {
        asked = new URL(request.url);
        return new HttpResponse('time,value\r\n', { headers: { 'Content-Type': 'text/csv' } });
      }),
    );
    const save = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(() => undefined);
    URL.createObjectURL = () => 'blob:it';
    URL.revokeObjectURL = () => undefined;
    const { user } = renderApp('/devices/7');
    await picture();
    await user.click(screen.getByRole('button', { name: '30 d' }));
    await user.click(screen.getByRole('button', { name: 'Download CSV' }));
    await waitFor(() => expect(save).toHaveBeenCalled());
    expect((save.mock.instances[0] as unknown as HTMLAnchorElement).download).toBe('readings-press-1.csv');
    const days = (Date.now() - Date.parse(asked!.searchParams.get('from')!)) / 86_400_000;
    expect(days).toBeCloseTo(30, 2);
    save.mockRestore();
  });

  it('says why there is no file', async () => {
    aServerWith({ readings });
    server.use(http.get('/api/mqtt-brokers/devices/7/readings.csv', () => problem(429, 'TOO_MANY_ATTEMPTS')));
    const { user } = renderApp('/devices/7');
    await picture();
    await user.click(screen.getByRole('button', { name: 'Download CSV' }));
    expect(await screen.findByText('TOO_MANY_ATTEMPTS happened')).toBeInTheDocument();
    expect(screen.getByRole('button', { name: 'Download CSV' })).toBeEnabled();
  });

  it('grows with every reading that arrives', async () => {
    aServerWith({ readings });
    const stream = anEventStream();
    renderApp('/devices/7');
    await picture();
    await waitFor(() => expect(stream.opened).toBe(1));
    stream.send('snapshot', { statuses: [], devices: [aDevice()] });
    await screen.findByText('Live');
    stream.send('reading', { device_id: 7, at: ago(0), values: { temperature: 24 }, last_seen: ago(0) });
    await waitFor(() => expect(drawn.data[1]).toEqual([20.5, 22.5, 24]));
    expect(await picture()).toHaveAccessibleName(/3 readings .* temperature: latest 24, lowest 20.5/);
  });
});
