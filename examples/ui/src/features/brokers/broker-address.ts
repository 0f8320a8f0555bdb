export interface Address {
  host: string;
  port?: number;
  tls?: boolean;
  username?: string;
}

const TLS_BY_SCHEME: Record<string, boolean> = { mqtt: false, tcp: false, mqtts: true, ssl: true };

/** What people paste as a host: "mqtts://anna@broker.example:8883" says four things at once. */
export function splitAddress(text: string): Address {
  const match = /^\s*([a-z]+):\/\/(?:([^:@/]*)(?::[^@/]*)?@)?(\[[^\]]+\]|[^:/?#\s]+)(?::(\d{1,5}))?/i.exec(text);
  const tls = match ? TLS_BY_SCHEME[match[1]!.toLowerCase()] : undefined;
  if (!match || tls === undefined) return { host: text };
  const [, , username, host, port] = match;
  return {
    host: host!.replace(/^\[|\]$/g, ''),
    tls,
    ...(port ? { port: Number(port) } : {}),
    ...(username ? { username: decodeURIComponent(username) } : {}),
  };
}

export function usualPort(tls: boolean): number {
  return tls ? 8883 : 1883;
}
