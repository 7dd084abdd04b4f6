import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { StoreCapabilities } from '#libs/connectors/store-connector.ts';
import { createCases } from './cases.ts';
import { testCreating } from './creating.contract.ts';
import { testOrders } from './orders.contract.ts';
import { testReading } from './reading.contract.ts';
import { testRoundTrip } from './round-trip.contract.ts';
import { createWorkbench, selectionOf, WRITE, type OpenSubject, type Workbench } from './subject.ts';
import { testWriting } from './writing.contract.ts';

export type Tried = {
  readonly name: string;
  readonly role: 'source' | 'target';
  readonly capabilities: StoreCapabilities;
  readonly isLive: boolean;
  /** Which tests there are none of, as the connector declares that it does not do so; null: whatever it declares. */
  readonly without: readonly string[] | null;
  readonly open: OpenSubject;
};

/**
 * What every connector does, run over each of them in each role, and over a live store where one is given. Where a store cannot do
 * a thing its capabilities say so, and the suite follows them; what falls away by that is known by name.
 */
export function testConnector({ name, role, capabilities, isLive, without, open }: Tried): void {
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

    const { cases, doing, lacking } = createCases({ bench: opened, capabilities, isLive });
    testReading(cases);
    if (role === 'target') {
      testCreating(cases);
      testWriting(cases);
      testOrders(cases);
      testRoundTrip(cases);
    }

    test.each(doing)('$name', async ({ run }) => {
      expect.hasAssertions();
      await run();
    });

    test.each(without === null ? [] : [{ without }])('all of this is done but what is known not to be', (known) => {
      expect(lacking).toEqual(known.without);
    });
  });
}
