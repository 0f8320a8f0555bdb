import type { Status } from '@/lib/api/types';
import { announcer } from '@/lib/announcer';

const GATHER_MILLIS = 1_500;

/** Changes of the last moment, by broker: a broker that came back within it is no news. */
const changed = new Map<number, { name: string; was: boolean; is: boolean }>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** Says aggregated, in one sentence, which brokers lost or found their connection. */
export function announceConnections(before: Status[], after: Status[]) {
  for (const status of after) {
    const known = before.find((other) => other.broker_id === status.broker_id);
    if (known === undefined || known.is_connected === status.is_connected) continue;
    const first = changed.get(status.broker_id)?.was ?? known.is_connected;
    changed.set(status.broker_id, { name: status.broker_name, was: first, is: status.is_connected });
  }
  if (changed.size > 0) timer ??= setTimeout(speak, GATHER_MILLIS);
}

function speak() {
  timer = undefined;
  const news = [...changed.values()].filter((change) => change.was !== change.is);
  changed.clear();
  const lost = news.filter((change) => !change.is).map((change) => change.name);
  const found = news.filter((change) => change.is).map((change) => change.name);
  const sentences = [sentence(lost, 'lost connection'), sentence(found, 'connected')].filter(Boolean);
  if (sentences.length > 0) announcer.say(`${sentences.join('. ')}.`);
}

function sentence(names: string[], what: string): string {
  if (names.length === 0) return '';
  return names.length === 1 ? `Broker ${names[0]} ${what}` : `${names.length} brokers ${what}`;
}
