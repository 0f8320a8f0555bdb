import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { send } from '@/lib/api/client';

export interface StreamOptions {
  path: string;
  signal: AbortSignal;
  /** After so long without a single byte, comments included, the stream counts as broken. */
  silenceMillis: number;
  onEvent: (event: EventSourceMessage) => void;
  onBytes: () => void;
}

/**
 * Reads server-sent events until the stream ends, breaks, falls silent or is given up; then it returns or throws.
 * Read by fetch, because an EventSource cannot send the Authorization header and hides the status of the answer.
 */
export async function readEventStream({ path, signal, silenceMillis, onEvent, onBytes }: StreamOptions): Promise<void> {
  const silence = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(timer);
    timer = setTimeout(() => silence.abort(), silenceMillis);
  };
  const either = AbortSignal.any([signal, silence.signal]);
  heard();
  try {
    const response = await send(path, { headers: { Accept: 'text/event-stream' }, signal: either });
    const reader = response.body!.getReader();
    const giveUp = () => void reader.cancel().catch(() => undefined);
    either.addEventListener('abort', giveUp, { once: true });
    const parser = createParser({ onEvent });
    const decoder = new TextDecoder();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      heard();
      onBytes();
      parser.feed(decoder.decode(part.value, { stream: true }));
    }
  } finally {
    clearTimeout(timer);
  }
}
