import { useQueryClient } from '@tanstack/react-query';
import { ConfirmDialog } from '@/components/confirm-dialog';
import { devicesApi } from '@/lib/api/calls';
import type { Device } from '@/lib/api/types';
import { liveCache } from '@/lib/live/live-cache';

interface DeleteDeviceDialogProps {
  device: Device;
  onDeleted?: () => void;
  onClose: () => void;
}

export function DeleteDeviceDialog({ device, onDeleted, onClose }: DeleteDeviceDialogProps) {
  const client = useQueryClient();
  const remove = async () => {
    await devicesApi.remove(device.id);
    liveCache.deviceRemoved(client, device.id);
    onDeleted?.();
  };
  return (
    <ConfirmDialog title={`Delete ${device.device_name}?`} confirm="Delete device" onConfirm={remove} onClose={onClose}>
      The device and all its readings are lost, and its messages are no longer received. This cannot be undone.
    </ConfirmDialog>
  );
}
