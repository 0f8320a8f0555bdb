import { describe, expect, it } from 'vitest';
import { aBroker, aDevice } from '@/testing/samples';
import { publishLine } from './publish-line';

describe('the line to publish with', () => {
  it('has a topic without wildcards that the filter matches', () => {
    const device = aDevice({ telemetry_topics: ['$share/group/site/+/{device_id}/#'] });
    expect(publishLine(device, aBroker())).toContain("-t 'site/x/press-1/data'");
  });

  it('has places for user and password, never the password', () => {
    const line = publishLine(aDevice(), aBroker({ username: 'anna', has_password: true, tls: true, broker_port: 8883 }));
    expect(line).toContain('-p 8883 --tls-use-os-certs -u USER -P PASSWORD');
  });

  it('cannot be made to run anything else', () => {
    const device = aDevice({ telemetry_topics: ["a'; rm -rf ~; '"] });
    expect(publishLine(device, aBroker())).toContain(String.raw`-t 'a'\''; rm -rf ~; '\'''`);
  });
});
