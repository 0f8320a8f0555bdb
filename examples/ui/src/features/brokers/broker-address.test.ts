import { describe, expect, it } from 'vitest';
import { splitAddress } from './broker-address';

describe('a pasted address', () => {
  it.each([
    ['mqtt://broker.example', { host: 'broker.example', tls: false }],
    ['mqtts://broker.example:8883/', { host: 'broker.example', tls: true, port: 8883 }],
    ['ssl://anna:secret@10.0.0.1:8883', { host: '10.0.0.1', tls: true, port: 8883, username: 'anna' }],
    ['mqtt://[2001:db8::1]:1884', { host: '2001:db8::1', tls: false, port: 1884 }],
    ['broker.example', { host: 'broker.example' }],
    ['ftp://broker.example', { host: 'ftp://broker.example' }],
    ['mqtt://', { host: 'mqtt://' }],
  ])('%s is understood', (text, address) => {
    expect(splitAddress(text)).toEqual(address);
  });

  it('does not put a password where it could be seen', () => {
    expect(JSON.stringify(splitAddress('mqtts://anna:secret@broker.example'))).not.toContain('secret');
  });
});
