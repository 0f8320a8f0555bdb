import { Button } from '@patternfly/react-core';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { devicesApi } from '@/lib/api/calls';
import type { Device } from '@/lib/api/types';
import { saveFile } from '@/lib/save-file';
import { serverClock } from '@/lib/server-clock';

/** Saves every reading of the time shown as a file. */
export function DownloadCsv({ device, minutes }: { device: Device; minutes: number }) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const download = async () => {
    setProblem(null);
    setBusy(true);
    try {
      const from = new Date(serverClock.now() - minutes * 60_000);
      saveFile(`readings-${device.device_id}.csv`, await devicesApi.csv(device.id, from));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <div>
        <Button variant="link" isInline isLoading={busy} isDisabled={busy} onClick={() => void download()}>
          Download CSV
        </Button>
      </div>
      {problem !== null && (
        <ProblemAlert title="The readings could not be downloaded" error={problem} onClose={() => setProblem(null)} />
      )}
    </>
  );
}
