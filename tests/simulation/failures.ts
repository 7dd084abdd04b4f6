import type { Profile } from './profile.ts';
import { simulate, type History } from './simulate.ts';

/** The first failing histories of some seeds, with the command that replays each. */
export async function failures(
  profile: Profile,
  { from = 1, to }: { readonly from?: number; readonly to: number },
  onHistory: (history: History) => void = () => {},
): Promise<readonly string[]> {
  const failed: string[] = [];
  for (let seed = from; seed <= to && failed.length < 3; seed++) {
    const history = await simulate(seed, profile);
    onHistory(history);
    const { wrong } = history;
    if (wrong.length > 0)
      failed.push(`npm run simulate -- --profile ${profile.name} --seed ${String(seed)}: ${wrong.join('; ')}`);
  }
  return failed;
}
