import type { UserErrorRecord } from './records.ts';

/** What an app keeps in the store: metafields, subscriptions, and what runs in the background. */
export type MetafieldRecord = {
  readonly id: string;
  readonly ownerId: string;
  readonly namespace: string;
  readonly key: string;
  readonly type: string;
  readonly value: string;
  readonly createdAt: string;
  readonly updatedAt: string;
};

export type MetafieldDefinitionRecord = {
  readonly id: string;
  readonly ownerType: string;
  readonly namespace: string;
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly unique: boolean;
};

export type WebhookSubscriptionRecord = {
  readonly id: string;
  readonly topic: string;
  readonly uri: string;
  readonly name: string | null;
  readonly format: string;
  readonly filter: string | null;
  readonly includeFields: readonly string[];
  readonly metafieldNamespaces: readonly string[];
  readonly metafields: readonly { readonly namespace: string; readonly key: string }[];
  readonly createdAt: string;
  readonly updatedAt: string;
};

export type CancelJobRecord = {
  readonly id: string;
  readonly jobId: string;
  readonly orderId: string;
  readonly status: 'FAILED' | 'STARTED' | 'SUCCEEDED';
  readonly errors: readonly UserErrorRecord[];
};

/** An edit of an order that was begun and not committed. `id` is that of the calculated order. */
export type OrderEditRecord = {
  readonly id: string;
  readonly orderId: string;
  /** Quantities of the order's own lines that are to be. */
  readonly quantities: Readonly<Record<string, number>>;
  readonly added: readonly { readonly id: string; readonly variantId: string; readonly quantity: number }[];
};

/** The moving of a product's media, which the store does in its own time. */
export type MediaJobRecord = { readonly id: string; readonly productId: string; readonly done: boolean };

export type ProductOperationRecord = {
  readonly id: string;
  readonly productId: string | null;
  readonly status: 'ACTIVE' | 'COMPLETE' | 'CREATED';
  readonly userErrors: readonly UserErrorRecord[];
};

export type BulkOperationRecord = {
  readonly id: string;
  readonly type: 'QUERY' | 'MUTATION';
  readonly status: 'CANCELED' | 'CANCELING' | 'COMPLETED' | 'CREATED' | 'EXPIRED' | 'FAILED' | 'RUNNING';
  readonly errorCode: string | null;
  readonly createdAt: string;
  readonly completedAt: string | null;
  readonly objectCount: string;
  readonly rootObjectCount: string;
  readonly fileSize: string | null;
  readonly url: string | null;
};
