import { callAs, type AsPeople } from './as-people.ts';
import { must } from './must.ts';
import type { SeedCustomer } from './seed-input.ts';
import { seedCustomer } from './seed.ts';
import type { World } from './world.ts';
import { customerMutations } from './write/customers.ts';

export type CustomerEdit = Omit<SeedCustomer, 'createdAt' | 'metafields' | 'addresses' | 'emailMarketing'>;

/** What shoppers and staff do to accounts. */
export type CustomerWork = {
  readonly createCustomer: (customer: SeedCustomer) => string;
  readonly editCustomer: (customerId: string, edit: CustomerEdit) => void;
  /** Signs up for the newsletter, or off. */
  readonly setConsent: (customerId: string, subscribed: boolean) => void;
  /** The same for text messages. */
  readonly setSmsConsent: (customerId: string, subscribed: boolean) => void;
  readonly deleteCustomer: (customerId: string) => void;
};

export function createCustomerWork(world: World, asPeople: AsPeople): CustomerWork {
  return {
    createCustomer: (customer) => asPeople(() => seedCustomer(world, customer)),
    editCustomer: (id, edit) =>
      asPeople(() => void callAs(world, customerMutations?.['customerUpdate'], { input: { id, ...edit } })),
    setConsent: (id, subscribed) =>
      asPeople(() => {
        const { emailConsent } = must(world.customers.get(id), id);
        const marketingState = subscribed ? 'SUBSCRIBED' : 'UNSUBSCRIBED';
        const stamp = world.stamp();
        world.customers.update(id, {
          emailConsent: { ...emailConsent, marketingState, updatedAt: stamp },
          updatedAt: stamp,
        });
      }),
    setSmsConsent: (id, subscribed) =>
      asPeople(() => {
        const { smsConsent } = must(world.customers.get(id), id);
        const marketingState = subscribed ? 'SUBSCRIBED' : 'UNSUBSCRIBED';
        const stamp = world.stamp();
        world.customers.update(id, {
          smsConsent: { ...smsConsent, marketingState, updatedAt: stamp },
          updatedAt: stamp,
        });
      }),
    deleteCustomer: (id) =>
      asPeople(() => {
        for (const field of world.metafields.of(id)) world.metafields.remove(field.id);
        world.customers.remove(must(world.customers.get(id), id).id);
      }),
  };
}
