import { Table, Tbody, Td, Th, Thead, Tr } from '@patternfly/react-table';
import { Button } from '@patternfly/react-core';
import { useState } from 'react';
import type { Reading } from '@/lib/api/types';
import { short } from '@/lib/numbers';
import { exact } from '@/lib/time';
import './readings-table.css';

const STEP = 20;

/** Newest first, a few at a time. */
export function ReadingsTable({ readings, names, label }: { readings: Reading[]; names: string[]; label: string }) {
  const [shown, setShown] = useState(STEP);
  return (
    <>
      {/* Wide tables scroll in their own box, and a box that scrolls must be reachable by keyboard. */}
      <div className="readings-table" role="region" aria-label={label} tabIndex={0}>
        <Table aria-label={label} variant="compact" gridBreakPoint="">
          <Thead>
            <Tr>
              <Th>Time</Th>
              {names.map((name) => (
                <Th key={name}>{name}</Th>
              ))}
            </Tr>
          </Thead>
          <Tbody>
            {readings.slice(0, shown).map((reading, index) => (
              <Tr key={readings.length - index}>
                <Td>{exact(reading.at)}</Td>
                {names.map((name) => (
                  <Td key={name}>{reading.values[name] === undefined ? '–' : short(reading.values[name])}</Td>
                ))}
              </Tr>
            ))}
          </Tbody>
        </Table>
      </div>
      {readings.length > shown && (
        <Button variant="link" onClick={() => setShown(shown + STEP)}>
          Show {Math.min(STEP, readings.length - shown)} more of {readings.length}
        </Button>
      )}
    </>
  );
}
