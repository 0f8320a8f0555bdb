import { PageSection } from '@patternfly/react-core';
import { DataAge } from '@/components/data-age';
import { PageHeading } from '@/components/page-heading';
import { BrokerControl } from '@/features/brokers/broker-control';
import { LatestValues } from '@/features/devices/latest-values';
import { ValuesChart } from '@/features/devices/values-chart';
import { SummaryCards } from '@/features/statistics/summary-cards';

/** The home page: the numbers, the brokers, and what the sensors say. */
export function StatisticsPage() {
  return (
    <>
      <PageHeading title="Statistics">
        <DataAge />
      </PageHeading>
      <PageSection>
        <SummaryCards />
      </PageSection>
      <PageSection>
        <BrokerControl />
      </PageSection>
      <PageSection>
        <LatestValues />
      </PageSection>
      <PageSection>
        <ValuesChart />
      </PageSection>
    </>
  );
}
