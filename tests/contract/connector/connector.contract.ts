import { afterAll, beforeAll, describe } from 'vitest';

import { testCreating } from './creating.contract.ts';
import { testOrders } from './orders.contract.ts';
import { testReading } from './reading.contract.ts';
import { testRoundTrip } from './round-trip.contract.ts';
import { createWorkbench, selectionOf, WRITE, type OpenSubject, type Workbench } from './subject.ts';
import { testWriting } from './writing.contract.ts';

/**
 * What every connector does, run over each of them in each role, and over a live store where one is given. Where a store cannot do
 * a thing its capabilities say so, and the suite follows them.
 */
export function testConnector(name: string, role: 'source' | 'target', open: OpenSubject): void {
  describe(`StoreConnector contract: ${name} as ${role}`, () => {
    let bench: Workbench | undefined;
    const opened = (): Workbench => {
      if (bench === undefined) throw new Error('The store of the suite is not open');
      return bench;
    };

    beforeAll(async () => {
      bench = createWorkbench(await open());
      await bench.subject.hands.prepare(selectionOf(bench.subject), WRITE);
    });

    afterAll(async () => {
      try {
        await bench?.cleanUp();
      } finally {
        await bench?.subject.close();
      }
    });

    testReading(opened);
    if (role === 'source') return;
    testCreating(opened);
    testWriting(opened);
    testOrders(opened);
    testRoundTrip(opened);
  });
}
