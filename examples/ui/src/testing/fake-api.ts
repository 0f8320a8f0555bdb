import { http, HttpResponse, type JsonBodyType } from 'msw';
import type { Broker, BrokerEvent, Bucket, Device, Reading, User } from '@/lib/api/types';
import { aBroker, aDevice, admin } from './samples';
import { server } from './server';

interface World {
  me: User;
  users: User[];
  brokers: Broker[];
  devices: Device[];
  readings: Reading[];
  buckets: Bucket[];
  refused: number;
  events: BrokerEvent[];
}

/** A server that holds these things; the stream of events is silent unless the test opens one. */
export function aServerWith(part: Partial<World> = {}): World {
  const world: World = { me: admin, users: [admin], brokers: [aBroker()], devices: [aDevice()], readings: [], buckets: [], refused: 0, events: [], ...part };
  server.use(
    http.get('/api/auth/me', () => HttpResponse.json(world.me)),
    http.get('/api/users', () => HttpResponse.json(world.users)),
    http.get('/api/mqtt-brokers/brokers', () => HttpResponse.json(world.brokers)),
    http.get('/api/mqtt-brokers/brokers/:id', ({ params }) =>
      HttpResponse.json(world.brokers.find((broker) => String(broker.id) === params['id'])),
    ),
    http.get('/api/mqtt-brokers/brokers/:id/events', () => HttpResponse.json(world.events)),
    http.get('/api/mqtt-brokers/status', () => HttpResponse.json(world.brokers.map((broker) => broker.status))),
    http.get('/api/mqtt-brokers/devices', () => HttpResponse.json(world.devices)),
    http.get('/api/mqtt-brokers/devices/:id/readings', () => HttpResponse.json(world.readings)),
    http.get('/api/mqtt-brokers/devices/:id/readings/buckets', () => HttpResponse.json(world.buckets)),
    http.get('/api/mqtt-brokers/statistics', () => HttpResponse.json(statisticsOf(world))),
    http.get('/api/mqtt-brokers/events', () => new HttpResponse(new ReadableStream(), EVENT_STREAM)),
  );
  return world;
}

const EVENT_STREAM = { headers: { 'Content-Type': 'text/event-stream' } };

export function problem(status: number, code: string, more: Record<string, JsonBodyType> = {}, headers = {}) {
  return HttpResponse.json(
    { type: `urn:mqtt-manager:problem:${code.toLowerCase()}`, title: code, status, code, detail: `${code} happened`, ...more },
    { status, headers: { 'Content-Type': 'application/problem+json', ...headers } },
  );
}

/** The test's end of an event stream. */
export function anEventStream() {
  const encoder = new TextEncoder();
  let opened = 0;
  let control: ReadableStreamDefaultController<Uint8Array> | undefined;
  server.use(
    http.get('/api/mqtt-brokers/events', () => {
      opened++;
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          control = controller;
        },
      });
      return new HttpResponse(stream, EVENT_STREAM);
    }),
  );
  return {
    get opened() {
      return opened;
    },
    send: (event: string, data: unknown) =>
      control!.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)),
    comment: () => control!.enqueue(encoder.encode(': still here\n\n')),
    breakOff: () => control!.error(new Error('connection reset')),
  };
}

/** Answers a request, remembering what was asked. */
export function answering(method: 'post' | 'put' | 'delete', path: string, answer: () => Response | Promise<Response>) {
  const asked: { body: unknown; url: URL }[] = [];
  server.use(
    http[method](path, async ({ request }) => {
      const text = await request.text();
      asked.push({ body: text === '' ? undefined : JSON.parse(text), url: new URL(request.url) });
      return answer();
    }),
  );
  return asked;
}

function statisticsOf({ brokers, devices, refused }: World) {
  return {
    brokers_total: brokers.length, brokers_connected: brokers.filter((broker) => broker.is_connected).length,
    devices_total: devices.length, devices_online: devices.filter((device) => device.presence === 'ONLINE').length,
    readings_total: 9_000, readings_last_hour: 1_234, unreadable_total: 5, unrouted_total: 2,
    refused_total: refused, last_refused_at: null,
    limits: { brokers: 50, devices: 1_000, streams: 10, readings: 500_000, readings_days: 30, messages_per_second: 500 },
    at: new Date().toISOString(),
  };
}
