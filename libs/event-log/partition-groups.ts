import type { Claim } from './log-tables.ts';

/** One consumer of a pair, as the group sees it. */
export type GroupMember = {
  readonly pair: string;
  /** An epoch of a partition begins here. */
  readonly assign: (claim: Claim) => void;
  /** An epoch is over; the member may learn of it late. */
  readonly revoke: (partition: number, generation: number) => void;
};

/** Which consumer owns which partition of each pair. */
export type PartitionGroups = {
  readonly join: (member: GroupMember, partitions: number) => void;
  /** Takes every partition away from a member, which is told unless it left by itself, and gives them to the others. */
  readonly leave: (member: GroupMember, options: { readonly tell: boolean }) => void;
};

export type GroupsOptions = {
  /** Begins an epoch in the tables; `then` gets what is recorded of the partition. */
  readonly claim: (pair: string, partition: number, then: (claim: Claim) => void) => void;
  /** Ends the epoch of a partition in the tables. */
  readonly revoke: (pair: string, partition: number) => void;
};

/** The generation is null until the claim is answered: then nobody was told yet. */
type Owner = { readonly member: GroupMember; generation: number | null };
type Group = { readonly members: GroupMember[]; readonly owners: (Owner | null)[] };

/** Hands partitions to members: what is owned stays, unless another member has two fewer. In a fixed order, so it replays. */
export function createPartitionGroups({ claim, revoke }: GroupsOptions): PartitionGroups {
  const groups = new Map<string, Group>();

  function groupOf(pair: string, partitions: number): Group {
    const group = groups.get(pair) ?? { members: [], owners: Array.from({ length: partitions }, () => null) };
    groups.set(pair, group);
    return group;
  }

  function give(group: Group, pair: string, partition: number, member: GroupMember): void {
    const owner: Owner = { member, generation: null };
    group.owners[partition] = owner;
    claim(pair, partition, (claimed) => {
      // Where the claim took time the partition may be somebody else's by now.
      if (group.owners[partition] !== owner) return;
      owner.generation = claimed.generation;
      member.assign(claimed);
    });
  }

  function take(group: Group, partition: number, tell: boolean): void {
    const owner = group.owners[partition];
    if (owner === null || owner === undefined) return;
    group.owners[partition] = null;
    revoke(owner.member.pair, partition);
    if (tell && owner.generation !== null) owner.member.revoke(partition, owner.generation);
  }

  function balance(group: Group, pair: string): void {
    const poorest = poorestOf(group);
    if (poorest === null) return;
    const free = group.owners.indexOf(null);
    if (free !== -1) {
      give(group, pair, free, poorest);
      balance(group, pair);
      return;
    }
    const moved = group.owners.findLastIndex((owner) => ownedBy(group, owner?.member) - ownedBy(group, poorest) > 1);
    if (moved === -1) return;
    take(group, moved, true);
    balance(group, pair);
  }

  return {
    join(member, partitions) {
      const group = groupOf(member.pair, partitions);
      if (!group.members.includes(member)) group.members.push(member);
      balance(group, member.pair);
    },
    leave(member, { tell }) {
      const group = groups.get(member.pair);
      const at = group?.members.indexOf(member) ?? -1;
      if (group === undefined || at === -1) return;
      group.members.splice(at, 1);
      for (const [partition, owner] of group.owners.entries())
        if (owner?.member === member) take(group, partition, tell);
      balance(group, member.pair);
    },
  };
}

function ownedBy(group: Group, member: GroupMember | undefined): number {
  return group.owners.filter((owner) => owner?.member === member).length;
}

function poorestOf(group: Group): GroupMember | null {
  return group.members.toSorted((a, b) => ownedBy(group, a) - ownedBy(group, b))[0] ?? null;
}
