import { Alert, ClipboardCopy } from '@patternfly/react-core';
import { useState } from 'react';
import { useBrokers } from '@/lib/api/queries';
import type { Device } from '@/lib/api/types';
import { publishLine } from './publish-line';

/** From "created" to "it works": what to send, and the moment in which it arrives. */
export function FirstMessage({ device, created }: { device: Device; created: boolean }) {
  const [waiting] = useState(device.latest === null);
  const broker = useBrokers().data?.find(({ id }) => id === device.mqtt_broker_id);
  if (!waiting) return null;
  if (device.latest !== null) {
    return (
      <div role="status">
        <Alert variant="success" isInline component="h2" title="The first message has arrived.">
          The device is set up.
        </Alert>
      </div>
    );
  }
  return (
    <Alert variant="info" isInline component="h2"
      title={`${created ? 'Device created. ' : ''}Waiting for the first message…`}>
      {broker !== undefined && (
        <>
          <p>Publish one from the device, or try it with this line:</p>
          <ClipboardCopy isReadOnly isCode hoverTip="Copy" clickTip="Copied" textAriaLabel="Line to publish with">
            {publishLine(device, broker)}
          </ClipboardCopy>
        </>
      )}
    </Alert>
  );
}
