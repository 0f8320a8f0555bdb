import { Button, Skeleton } from '@patternfly/react-core';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { Reading } from '@/lib/api/types';
import { ReadingsTable } from './readings-table';
import { columnsOf, highestOf, lowestOf, summaryOf } from './time-series';
import './time-series-chart.css';

const TimeSeriesPlot = lazy(() => import('./time-series-plot'));

interface TimeSeriesChartProps {
  readings: Reading[];
  names: string[];
  /** A longer pause than this between two readings is drawn as a gap. */
  gapSeconds: number;
  /** That the readings are averages over so many seconds, with the lowest and highest beside them. */
  span?: number | undefined;
}

/** Values over time: a picture with its summary in words, or the same as a table. */
export function TimeSeriesChart({ readings, names, gapSeconds, span }: TimeSeriesChartProps) {
  const [asTable, setAsTable] = useState(false);
  const summary = useMemo(() => summaryOf(readings, names, span), [readings, names, span]);
  const banded = span !== undefined;
  const columns = useMemo(() => {
    const drawn = banded ? names.flatMap((name) => [name, lowestOf(name), highestOf(name)]) : names;
    return columnsOf(readings, drawn, gapSeconds);
  }, [readings, names, gapSeconds, banded]);
  return (
    <div className="time-series">
      {asTable ? (
        <ReadingsTable readings={readings} names={names} label="The chart as a table" />
      ) : (
        <div role="img" aria-label={summary} className="time-series__picture">
          <Suspense fallback={<Skeleton height="16rem" />}>
            <TimeSeriesPlot columns={columns} names={names} banded={banded} />
          </Suspense>
        </div>
      )}
      <div className="time-series__foot">
        <p className="subtle numbers">{summary}</p>
        <Button variant="link" isInline aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? 'Show as chart' : 'Show as table'}
        </Button>
      </div>
    </div>
  );
}
