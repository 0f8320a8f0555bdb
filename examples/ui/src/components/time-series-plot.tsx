import { useEffect, useLayoutEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { short } from '@/lib/numbers';
import { clockTime, day } from '@/lib/time';
import { timeTick, type Columns } from './time-series';
import './time-series-plot.css';

const HEIGHT = 256;
/** Of a band: not drawn, and not in the legend. */
const EDGE: uPlot.Series = { label: '', width: 0, points: { show: false }, class: 'time-series-plot__edge' };
const DASHES = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

/** The drawing itself, in a chunk of its own. Nothing else knows which library draws. */
export default function TimeSeriesPlot({ columns, names, banded }: { columns: Columns; names: string[]; banded: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef(columns);
  // A new list of the same names is no reason to draw anew.
  const lines = JSON.stringify({ names, banded });

  useLayoutEffect(() => {
    latest.current = columns;
  }, [columns]);

  useEffect(() => {
    const element = place.current!;
    const draw = () => {
      plot.current?.destroy();
      const drawn = JSON.parse(lines) as { names: string[]; banded: boolean };
      plot.current = new uPlot(options(element, drawn.names, drawn.banded), latest.current as uPlot.AlignedData, element);
    };
    draw();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    const recoloured = new MutationObserver(draw);
    recoloured.observe(document.documentElement, { attributeFilter: ['class'] });
    return () => {
      resized.disconnect();
      recoloured.disconnect();
      plot.current?.destroy();
      plot.current = null;
    };
  }, [lines]);

  useEffect(() => {
    plot.current?.setData(columns as uPlot.AlignedData);
  }, [columns]);

  return <div ref={place} className="time-series-plot" />;
}

/** The colour, which may have one digit or two for each part, nearly transparent. */
function faint(hex: string): string {
  return `${hex.length === 4 ? hex.replace(/[0-9a-f]/gi, '$&$&') : hex}33`;
}

function shownTime(millis: number, withDay: boolean): string {
  return withDay ? `${day(millis)}, ${clockTime(millis).slice(0, 5)}` : clockTime(millis);
}

/** With bands, each name has three columns: its averages, the lowest and the highest. */
function options(element: HTMLElement, names: string[], banded: boolean): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis: uPlot.Axis = {
    stroke: colour('--pf-t--global--text--color--subtle'),
    grid: { stroke: colour('--pf-t--global--border--color--default'), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily}`,
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    cursor: { drag: { x: false, y: false } },
    legend: { live: true },
    axes: [
      {
        ...axis,
        space: 80,
        values: (_plot, ticks, _axis, _space, increment) => ticks.map((seconds) => timeTick(seconds, increment)),
      },
      { ...axis, size: 64, values: (_plot, ticks) => ticks.map(short) },
    ],
    series: [
      { label: 'Time', value: (_plot, seconds: number | null) => (seconds === null ? '–' : shownTime(seconds * 1_000, banded)) },
      ...names.flatMap((name, index): uPlot.Series[] => {
        const dash = DASHES[index % DASHES.length]!;
        const line: uPlot.Series = {
          label: name,
          stroke: colour(`--series-${index % DASHES.length}`),
          width: 2,
          ...(dash.length > 0 ? { dash } : {}),
          value: (_plot, value: number | null) => (value === null || value === undefined ? '–' : short(value)),
        };
        return banded ? [line, EDGE, EDGE] : [line];
      }),
    ],
    bands: banded
      ? names.map((_name, index) => ({
          series: [3 * index + 3, 3 * index + 2],
          fill: faint(colour(`--series-${index % DASHES.length}`)),
        }))
      : [],
  };
}
