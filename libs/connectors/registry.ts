import type { z } from 'zod';

import type { StatusTarget } from '#libs/fields/field-maps.ts';
import type { Clock } from '#libs/runtime/clock.ts';
import type { Random } from '#libs/runtime/random.ts';
import type { Consent } from './consent.ts';
import type { Fetch } from './http.ts';
import type { Budget, StoreConnector, WebhookReader } from './store-connector.ts';
import { shopify } from './shopify/shopify-platform.ts';
import { woocommerce } from './woocommerce/woocommerce-platform.ts';

/** What a connector is given to work with. */
export type ConnectorDeps = {
  readonly clock: Clock;
  readonly random: Random;
  readonly budget: Budget;
  /** How long a call may take before its answer is given up, milliseconds. */
  readonly callMs: number;
  /** Overrides the connector's own landing, milliseconds. */
  readonly landingMs?: number;
  /** Which end of the pair it is; absent: either. A target shows of an order's history what was carried to it. */
  readonly role?: 'source' | 'target';
  readonly fetch?: Fetch;
};

/** One platform as it is plugged in: a folder of this directory and one line below. */
export type Platform<C> = {
  readonly name: string;
  /** As people know it: `WooCommerce`. */
  readonly label: string;
  /** The part of the config under `source` or `target`, without `platform`. */
  readonly configSchema: z.ZodType<C>;
  /** How a merchant hands out keys by consent; absent: keys are made by hand. */
  readonly consent?: Consent<C>;
  readonly open: (config: C, deps: ConnectorDeps) => StoreConnector;
  readonly readWebhook: WebhookReader;
  readonly webhookSecrets: (config: C) => readonly string[];
  /** Where the store is, for people: no secrets. */
  readonly address: (config: C) => string;
  /** The platform's own limit, for the shared bucket before the platform has said anything. */
  readonly budget: (config: C) => { readonly capacity: number; readonly perSecond: number };
  /** Native order status words of this platform as a source, with the state they mean; the config's map comes first. */
  readonly defaultStatusMap: Readonly<Record<string, StatusTarget>>;
  /** A status word as the orders of this platform carry it, from what people write in the config; absent: as it is written. */
  readonly statusWord?: (written: string) => string;
};

/** Every platform: a new connector is a folder and one line here. */
export const PLATFORMS = { woocommerce, shopify } as const;

export type PlatformName = keyof typeof PLATFORMS;
