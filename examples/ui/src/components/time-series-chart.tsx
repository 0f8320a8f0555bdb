import { Button, Skeleton } from '@patternfly/react-core';
import { lazy, Suspense, useMemo, useState } from 'react';
import type { Reading } from '@/lib/api/types';
import { ReadingsTable } from './readings-table';
import { columnsOf, summaryOf } from './time-series';
import './time-series-chart.css';

const TimeSeriesPlot = lazy(() => import('./time-series-plot'));

interface TimeSeriesChartProps {
  readings: Reading[];
  names: string[];
  /** A longer pause than this between two readings is drawn as a gap. */
  gapSeconds: number;
}

/** Values over time: a picture with its summary in words, or the same as a table. */
export function TimeSeriesChart({ readings, names, gapSeconds }: TimeSeriesChartProps) {
  const [asTable, setAsTable] = useState(false);
  const summary = useMemo(() => summaryOf(readings, names), [readings, names]);
  const columns = useMemo(() => columnsOf(readings, names, gapSeconds), [readings, names, gapSeconds]);
  return (
    <div className="time-series">
      {asTable ? (
        <ReadingsTable readings={readings} names={names} label="The chart as a table" />
      ) : (
        <div role="img" aria-label={summary} className="time-series__picture">
          <Suspense fallback={<Skeleton height="16rem" />}>
            <TimeSeriesPlot columns={columns} names={names} />
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
