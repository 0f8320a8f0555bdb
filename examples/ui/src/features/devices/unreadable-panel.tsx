import { Alert, CodeBlock, CodeBlockCode } from '@patternfly/react-core';
import { Since } from '@/components/since';
import type { Unreadable } from '@/lib/api/types';

/** Messages that came and could not be used, with why and the last of them. */
export function UnreadablePanel({ unreadable }: { unreadable: Unreadable }) {
  const { count, last_at, last_topic, last_reason, last_sample } = unreadable;
  return (
    <Alert variant="warning" isInline component="h2"
      title={count === 1 ? '1 message could not be read' : `${count} messages could not be read`}>
      <p>
        The last one, <Since at={last_at} /> on <code>{last_topic}</code>: {last_reason}
      </p>
      <CodeBlock>
        <CodeBlockCode>{last_sample}</CodeBlockCode>
      </CodeBlock>
    </Alert>
  );
}
