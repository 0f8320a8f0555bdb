import type { QueryClient } from '@tanstack/react-query';
import { brokersApi, devicesApi, EVENTS_PATH } from '@/lib/api/calls';
import { Unreachable } from '@/lib/api/problem';
import { serverClock } from '@/lib/server-clock';
import { EventHandler } from './event-handler';
import { liveCache } from './live-cache';
import { readEventStream } from './event-stream';

export type LivePhase = 'connecting' | 'live' | 'polling' | 'unreachable' | 'paused';

export interface LiveState {
  phase: LivePhase;
  /** When the newest data on the page came, by the server's clock. */
  freshAt: number | null;
}

export const LIVE_TIMES = { silence: 40_000, poll: 5_000, firstRetry: 1_000, longestRetry: 30_000 };

/**
 * Keeps the query cache up to date: by the event stream, and while that is broken by asking every five seconds.
 * One per signed-in tab.
 */
export class LiveFeed {
  private state: LiveState = { phase: 'connecting', freshAt: null };
  private readonly listeners = new Set<() => void>();
  private running: AbortController | null = null;
  private polling: ReturnType<typeof setInterval> | undefined;
  private wake: () => void = () => undefined;
  private livedBefore = false;

  constructor(
    private readonly client: QueryClient,
    private readonly times = LIVE_TIMES,
  ) {}

  readonly subscribe = (listener: () => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly current = () => this.state;

  start() {
    if (this.running) return;
    this.running = new AbortController();
    if (this.state.phase === 'paused') this.enter('connecting');
    void this.run(this.running.signal);
  }

  /** The page is hidden or left: a browser has only a few connections to a server, over all its tabs. */
  stop() {
    this.running?.abort();
    this.running = null;
    this.stopPolling();
    this.enter('paused');
  }

  readonly retryNow = () => {
    this.wake();
    if (this.polling) void this.poll();
  };

  private async run(signal: AbortSignal) {
    for (let failures = 0; !signal.aborted; failures++) {
      if (await this.followStream(signal)) failures = 0;
      if (signal.aborted) return;
      this.startPolling();
      await this.pause(Math.min(this.times.firstRetry * 2 ** failures, this.times.longestRetry), signal);
    }
  }

  /** True when the stream had come to life before it broke. */
  private async followStream(signal: AbortSignal): Promise<boolean> {
    let lived = false;
    const handler = new EventHandler(this.client, () => {
      lived = true;
      if (this.livedBefore) liveCache.refetchRest(this.client);
      this.livedBefore = true;
      this.stopPolling();
      this.fresh('live');
    });
    try {
      await readEventStream({
        path: EVENTS_PATH,
        signal,
        silenceMillis: this.times.silence,
        onBytes: () => lived && this.fresh('live'),
        onEvent: (event) => handler.handle(event),
      });
    } catch {
      // Whatever broke it, the answer is the same: ask for the data and try again.
    } finally {
      handler.close();
    }
    return lived;
  }

  private startPolling() {
    if (this.polling) return;
    if (this.state.phase !== 'unreachable') this.enter('polling');
    this.polling = setInterval(() => void this.poll(), this.times.poll);
    void this.poll();
  }

  private stopPolling() {
    clearInterval(this.polling);
    this.polling = undefined;
  }

  private async poll() {
    const signal = this.running?.signal;
    try {
      const [statuses, devices] = await Promise.all([brokersApi.status(signal), devicesApi.list(signal)]);
      if (!this.polling) return;
      new EventHandler(this.client).snapshot(statuses, devices);
      const wasUnreachable = this.state.phase === 'unreachable';
      this.fresh('polling');
      if (wasUnreachable) this.wake();
    } catch (error) {
      if (this.polling && error instanceof Unreachable) this.enter('unreachable');
    }
  }

  private pause(millis: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, millis);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener('abort', this.wake, { once: true });
    });
  }

  private enter(phase: LivePhase) {
    if (phase !== this.state.phase) this.change({ ...this.state, phase });
  }

  private fresh(phase: LivePhase) {
    this.change({ phase, freshAt: serverClock.now() });
  }

  private change(state: LiveState) {
    const unnoticeable = state.phase === this.state.phase && (state.freshAt ?? 0) - (this.state.freshAt ?? 0) < 500;
    if (unnoticeable) return;
    this.state = state;
    this.listeners.forEach((listener) => listener());
  }
}
