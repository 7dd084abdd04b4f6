import type { Clock } from '#libs/runtime/clock.ts';
import { SyncError } from '#libs/runtime/sync-error.ts';
import type { GroupMember, PartitionGroups } from './partition-groups.ts';

/** A simulated process: it runs, is frozen, or is gone, and its sessions with the broker end accordingly. */
export type MemoryProcess = {
  /** Resolves when the process runs: at once, after a thaw, or, when it was killed, never. */
  readonly running: () => Promise<void>;
  readonly join: (member: GroupMember, partitions: number, sessionMs: number) => GroupMember;
  readonly leave: (member: GroupMember) => void;
  readonly kill: () => void;
  readonly freeze: () => void;
  readonly thaw: () => void;
  readonly expire: () => void;
  readonly close: () => void;
};

type Session = { readonly member: GroupMember; readonly partitions: number; readonly sessionMs: number };
type Status = 'running' | 'frozen' | 'killed' | 'closed';

/** A new process without sessions. */
export function createMemoryProcess(options: {
  readonly clock: Clock;
  readonly groups: PartitionGroups;
  /** How long after the end of its epoch a running process notices. */
  readonly noticeMs: () => number;
}): MemoryProcess {
  const { clock, groups, noticeMs } = options;
  const sessions = new Map<GroupMember, Session>();
  let status: Status = 'running';
  let thawed = Promise.withResolvers<void>();
  let timers: (() => void)[] = [];

  const isStill = () => status === 'frozen' || status === 'killed';
  const isClosed = () => status === 'closed';

  async function running(): Promise<void> {
    while (isStill()) await thawed.promise;
    if (isClosed()) throw new SyncError('LOG_UNAVAILABLE', 'Cannot reach the log: it was closed');
  }

  // What the broker does is true at once; the process hears of it when it runs.
  function hear(run: () => void, afterMs = 0): void {
    if (afterMs > 0 && !isStill()) clock.after(afterMs, () => hear(run));
    else void running().then(() => (afterMs > 0 ? hear(run, afterMs) : run()), ignoreClosed);
  }

  function expireSession(session: Session): void {
    groups.leave(session.member, { tell: true });
    // A process that notices joins again, as the client libraries do by themselves.
    hear(() => {
      if (sessions.has(session.member)) groups.join(session.member, session.partitions);
    }, noticeMs());
  }

  function silence(next: 'frozen' | 'killed'): void {
    status = next;
    for (const stop of timers) stop();
    timers = [...sessions.values()].map((session) => clock.after(session.sessionMs, () => expireSession(session)));
  }

  return {
    running,
    join(inner, partitions, sessionMs) {
      const member: GroupMember = {
        pair: inner.pair,
        assign: (claim) => hear(() => inner.assign(claim)),
        revoke: (...over) => hear(() => inner.revoke(...over), noticeMs()),
      };
      sessions.set(member, { member, partitions, sessionMs });
      groups.join(member, partitions);
      return member;
    },
    leave(member) {
      sessions.delete(member);
      groups.leave(member, { tell: false });
    },
    kill() {
      if (status === 'running' || status === 'frozen') silence('killed');
    },
    freeze() {
      if (status === 'running') silence('frozen');
    },
    thaw() {
      if (status !== 'frozen') return;
      for (const stop of timers) stop();
      timers = [];
      status = 'running';
      thawed.resolve();
      thawed = Promise.withResolvers<void>();
    },
    expire() {
      if (status !== 'closed') for (const session of sessions.values()) expireSession(session);
    },
    close() {
      if (status !== 'killed') status = 'closed';
    },
  };
}

function ignoreClosed(error: unknown): void {
  if (!(error instanceof SyncError)) throw error;
}
