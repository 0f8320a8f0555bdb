import type { QueryClient } from '@tanstack/react-query';
import type { EventSourceMessage } from 'eventsource-parser';
import { keys } from '@/lib/api/queries';
import type { Device, PresenceEvent, ReadingEvent, Status } from '@/lib/api/types';
import { announceConnections } from './connection-announcements';
import { liveCache } from './live-cache';

const GATHER_READINGS_MILLIS = 200;

/** What each event means. Readings are gathered for a moment, so that hundreds a second do not draw the page as often. */
export class EventHandler {
  private gathered: ReadingEvent[] = [];
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly client: QueryClient,
    private readonly onSnapshot: () => void = () => undefined,
  ) {}

  handle({ event, data }: EventSourceMessage) {
    switch (event) {
      case 'snapshot': {
        const { statuses, devices } = JSON.parse(data) as { statuses: Status[]; devices: Device[] };
        this.snapshot(statuses, devices);
        this.onSnapshot();
        break;
      }
      case 'status':
        this.status(JSON.parse(data) as Status);
        break;
      case 'broker-removed':
        liveCache.brokerRemoved(this.client, (JSON.parse(data) as { broker_id: number }).broker_id);
        break;
      case 'presence':
        liveCache.presence(this.client, JSON.parse(data) as PresenceEvent);
        break;
      case 'reading':
        this.reading(JSON.parse(data) as ReadingEvent);
        break;
      case 'devices-changed':
        liveCache.listsChanged(this.client);
        break;
      default:
      // A newer server may say more than this page knows.
    }
  }

  snapshot(statuses: Status[], devices: Device[]) {
    announceConnections(this.knownStatuses(), statuses);
    liveCache.snapshot(this.client, statuses, devices);
  }

  close() {
    clearTimeout(this.timer);
    this.flush();
  }

  private status(status: Status) {
    announceConnections(this.knownStatuses(), [status]);
    liveCache.status(this.client, status);
  }

  private reading(event: ReadingEvent) {
    this.gathered.push(event);
    this.timer ??= setTimeout(() => this.flush(), GATHER_READINGS_MILLIS);
  }

  private flush() {
    this.timer = undefined;
    if (this.gathered.length === 0) return;
    const events = this.gathered;
    this.gathered = [];
    liveCache.readings(this.client, events);
  }

  private knownStatuses(): Status[] {
    return this.client.getQueryData<Status[]>(keys.status) ?? [];
  }
}
