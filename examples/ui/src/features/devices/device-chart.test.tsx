import { screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { anEventStream, aServerWith } from '@/testing/fake-api';
import { drawn } from '@/testing/fake-plot';
import { renderApp } from '@/testing/render-app';
import { aDevice, ago } from '@/testing/samples';

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
