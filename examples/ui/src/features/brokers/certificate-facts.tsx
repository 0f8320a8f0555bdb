import { Fact, Facts } from '@/components/facts';
import type { Certificate } from '@/lib/api/types';
import { duration, exact } from '@/lib/time';
import { useNow } from '@/lib/use-now';

/** Who the broker says it is, who says so, and for how long. */
export function CertificateFacts({ certificate }: { certificate: Certificate }) {
  return (
    <Facts aria-label="Certificate">
      <Fact name="Subject">{certificate.subject}</Fact>
      <Fact name="Issuer">{certificate.issuer}</Fact>
      <Fact name="Valid until">
        {exact(certificate.expires_at)} ({useValidity(certificate.expires_at)})
      </Fact>
      <Fact name="SHA-256"><code>{certificate.sha256}</code></Fact>
    </Facts>
  );
}

function useValidity(expiresAt: string): string {
  const left = Date.parse(expiresAt) - useNow();
  return left >= 0 ? `${duration(left)} left` : `expired ${duration(-left)} ago`;
}
