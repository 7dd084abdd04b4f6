import { PLATFORMS } from '#libs/connectors/registry.ts';
import type { AnyPlatform } from '#libs/runtime/config/platform-part.ts';
import { createBudget } from '#libs/connectors/store-budget.ts';
import type { StoreConnector } from '#libs/connectors/store-connector.ts';
import { loadConfig } from '#libs/runtime/config/load-config.ts';
import { systemClock } from '#libs/runtime/clock.ts';
import { must } from '#libs/runtime/must.ts';
import { systemRandom } from '#libs/runtime/random.ts';
import { createMemoryStateStore } from '#libs/state/memory-state-store.ts';
import { WRITE, type Subject } from './subject.ts';

export type LiveStore = { readonly file: string; readonly pair: string; readonly role: 'source' | 'target' };

/** `lockstep.config.yaml#acme.target` */
export function parseLiveStore(text: string): LiveStore {
  const [, file = '', pair = '', role] = /^(.+)#([a-z0-9-]+)\.(source|target)$/.exec(text) ?? [];
  if (role !== 'source' && role !== 'target')
    throw new Error(`Cannot read LOCKSTEP_LIVE_STORE "${text}": it wants <config file>#<pair>.<source|target>`);
  return { file, pair, role };
}

type Options = {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly say: (line: string) => void;
};

/** The part of a config that names the store. */
export async function findLive(
  { file, pair: name, role }: LiveStore,
  { cwd, env }: Omit<Options, 'say'>,
): Promise<{ readonly platform: AnyPlatform; readonly config: unknown; readonly callMs: number }> {
  const loaded = await loadConfig({ path: file, cwd, env });
  const pair = must(
    loaded.pairs.find(({ settings }) => settings.name === name),
    `the pair ${name}`,
  );
  const { platform, config } = pair[role];
  const found = must((PLATFORMS as Readonly<Record<string, AnyPlatform>>)[platform], platform);
  return { platform: found, config, callMs: loaded.timing.callMs };
}

/** A store that a config names, which people may use: within its budget, and never while it would mail for what is made. */
export async function openLive(store: LiveStore, options: Options): Promise<Subject> {
  const { pair: name, role } = store;
  const { say } = options;
  const { platform, config, callMs } = await findLive(store, options);
  const limit = platform.budget(config as never);
  const state = createMemoryStateStore({ clock: systemClock });
  const open = (as: 'source' | 'target'): StoreConnector =>
    platform.open(config as never, {
      clock: systemClock,
      random: systemRandom,
      budget: createBudget({ state, clock: systemClock, bucket: name, limit }),
      callMs,
      role: as,
    });
  const hands = open('target');
  const mark = `lsc${Date.now().toString(36)}`;
  say(`${platform.label} at ${platform.address(config as never)}: what is made begins with ${mark}`);
  const mailing = ((await hands.mails?.list(WRITE)) ?? []).filter(({ enabled }) => enabled);
  if (mailing.length > 0)
    throw new Error(`Cannot write to this shop while it mails: ${mailing.map(({ title }) => title).join(', ')}`);
  const connector = role === 'target' ? hands : open('source');
  return {
    role,
    connector,
    hands,
    mark,
    isLive: true,
    nextSecond: () => systemClock.sleep(1_100),
    say,
    close: async () => {
      await hands.close();
      await state.close();
    },
  };
}
