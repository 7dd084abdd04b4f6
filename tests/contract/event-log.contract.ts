import { afterEach, beforeEach, describe } from 'vitest';
import { testDelays } from './event-log-delays.contract.ts';
import { testDelivery } from './event-log-delivery.contract.ts';
import type { EventLogHarness } from './event-log-harness.ts';
import { testOwnership } from './event-log-ownership.contract.ts';
import { testRecords } from './event-log-records.contract.ts';

/**
 * What every log must do, whatever is below it. Delivery is asynchronous and may take a while; a pair may have several
 * partitions; offsets of a partition are contiguous.
 */
export function testEventLogContract(name: string, open: () => Promise<EventLogHarness>): void {
  describe(`EventLog contract: ${name}`, () => {
    let opened: EventLogHarness | null = null;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(async () => {
      await opened?.close();
    });
    const harness = () => {
      if (opened === null) throw new Error('The log under test was not opened');
      return opened;
    };

    testDelivery(harness);
    testOwnership(harness);
    testDelays(harness);
    testRecords(harness);
  });
}
