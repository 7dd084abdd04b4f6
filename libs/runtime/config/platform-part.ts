import type { Consent } from '#libs/connectors/consent.ts';
import type { ConnectorDeps, Platform } from '#libs/connectors/registry.ts';
import type { StoreCapabilities, StoreConnector } from '#libs/connectors/store-connector.ts';
import { systemClock } from '../clock.ts';
import { seededRandom } from '../random.ts';

/** The registry with its platforms' config types forgotten: the loader parses each part by its platform's own schema. */
export type Platforms = Readonly<Record<string, AnyPlatform>>;
export type AnyPlatform = Pick<
  Platform<unknown>,
  'name' | 'label' | 'configSchema' | 'readWebhook' | 'defaultStatusMap' | 'statusWord'
> & {
  readonly consent?: Consent<never>;
  readonly open: (config: never, deps: ConnectorDeps) => StoreConnector;
  readonly address: (config: never) => string;
  readonly webhookSecrets: (config: never) => readonly string[];
  readonly budget: (config: never) => { readonly capacity: number; readonly perSecond: number };
};

/** What a store of this platform can do, without asking it. */
export async function capabilitiesOf(platform: AnyPlatform, config: unknown): Promise<StoreCapabilities> {
  const connector = platform.open(config as never, {
    clock: systemClock,
    random: seededRandom(1),
    budget: { take: () => Promise.resolve(), report: () => {}, backOff: () => {} },
    callMs: 1,
    fetch: () => Promise.reject(new Error('Broken invariant: a config was read with a call to a store')),
  });
  await connector.close();
  return connector.capabilities;
}
