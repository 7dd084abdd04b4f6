import type { StoreCapabilities } from '#libs/connectors/store-connector.ts';
import type { Workbench } from './subject.ts';

/** What the suite's tests are made from: the store, once it is open, and what its connector declares, which is known before. */
export type Cases = {
  readonly bench: () => Workbench;
  readonly capabilities: StoreCapabilities;
  readonly isLive: boolean;
  /** A test of something that not every connector does: where this one does not, it is remembered as lacking. */
  readonly when: (does: boolean, name: string, run: () => Promise<void>) => void;
};

export type Case = { readonly name: string; readonly run: () => Promise<void> };

export function createCases(parts: Omit<Cases, 'when'>): {
  readonly cases: Cases;
  /** What the connector does. */
  readonly doing: readonly Case[];
  /** Names of what it does not. */
  readonly lacking: readonly string[];
} {
  const doing: Case[] = [];
  const lacking: string[] = [];
  const when: Cases['when'] = (does, name, run) => {
    if (does) doing.push({ name, run });
    else lacking.push(name);
  };
  return { cases: { ...parts, when }, doing, lacking };
}
