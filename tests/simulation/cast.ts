import type { MemoryBroker } from '#libs/event-log/memory-event-log.ts';
import { must } from '#libs/runtime/must.ts';
import type { Random } from '#libs/runtime/random.ts';
import { PLACES, type Role } from './places.ts';
import { createSimProcess, type SimProcess } from './sim-process.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** The processes of a history: who runs, who is frozen, who takes over from the dead. */
export type Cast = {
  readonly start: (role: Role) => void;
  /** Lays a trap for one process of this role: it stops at this place, or at one that the history's random numbers choose. */
  readonly trap: (role: Role, fault: Fault, place?: string) => void;
  readonly kill: (victim: SimProcess) => void;
  readonly freeze: (victim: SimProcess) => void;
  /** What it owned is given to another one now; it runs on, and hears of it later. */
  readonly expire: (victim: SimProcess) => void;
  /** Kills all of this role; none is started again before `resume`. */
  readonly stopAll: (role: Role) => void;
  readonly resume: (role: Role) => void;
  /** Switches off all of this role but the one that began last. */
  readonly leaveOne: (role: Role) => void;
  /** No trap strikes any more. */
  readonly calm: () => void;
  readonly end: () => void;
  /** Places that processes of this history passed, and those in which one was killed. */
  readonly passed: ReadonlySet<string>;
  readonly deaths: ReadonlySet<string>;
};

/** `expire`: the broker gives what the process owned to another one, and the process runs on. */
export type Fault = 'kill' | 'freeze' | 'expire';

export type CastOptions = {
  readonly broker: MemoryBroker;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly sessionMs: number;
  readonly say: (text: string) => void;
  /** Begins the work of a process; `slot` is its machine's: one that is started again after a kill has the same. */
  readonly run: (role: Role, process: SimProcess, slot: number) => Promise<void>;
};

type Member = { readonly role: Role; readonly slot: number; readonly process: SimProcess };

/** A crossing that is not named: how many calls on it may lie. A batch of the applier makes some forty. */
const CROSSINGS_MAX = 80;
/** The same for a process that has only just begun. */
const BIRTH_MAX = 8;
const RESTART_MS = 1_000;

export function createCast({ broker, clock, random, sessionMs, say, run }: CastOptions): Cast {
  const all: Member[] = [];
  const [passed, deaths] = [new Set<string>(), new Set<string>()];
  let at = '';
  let slots = 0;
  let calm = false;
  const numbers = new Map<Role, number>();
  const down = new Set<Role>();

  function begin(role: Role, slot: number, fault: Fault | null = null): void {
    const number = (numbers.get(role) ?? 0) + 1;
    numbers.set(role, number);
    const process = createSimProcess(`${role}-${String(number)}`, (place) => {
      at = place;
      passed.add(`${role} ${place}`);
    });
    const member = { role, slot, process };
    all.push(member);
    // It was chosen to fall before the faults ended, and begins after.
    if (fault !== null && !calm) lay(member, fault, BIRTH_MAX);
    void run(role, process, slot);
  }
  const start = (role: Role) => begin(role, slots++);

  function lay(member: Member, fault: Fault, crossings: number): void {
    const { role, process } = member;
    const named = must(PLACES[role][Math.floor(random() * PLACES[role].length)], 'a place to stop at');
    const place = random() < 0.5 ? Math.floor(random() * crossings) : named;
    process.arm({ at: place, strike: () => strike(member, fault) });
  }

  function strike({ role, slot, process }: Member, fault: Fault): void {
    if (!process.isRunning()) return;
    if (fault === 'expire') {
      say(`expire ${process.name} at ${at}`);
      broker.expire(process.name);
      return;
    }
    if (fault === 'freeze') {
      say(`freeze ${process.name} at ${at}`);
      process.freeze();
      broker.freeze(process.name);
      start(role);
      clock.after(sessionMs * (0.5 + random() * 2), () => {
        broker.thaw(process.name);
        process.thaw();
      });
      return;
    }
    say(`kill ${process.name} at ${at}`);
    deaths.add(`${role} ${at}`);
    process.kill();
    broker.kill(process.name);
    // Some of those who take over do not get far.
    const again = calm || random() >= 0.2 ? null : 'kill';
    clock.after(random() * RESTART_MS, () => {
      if (!down.has(role)) begin(role, slot, again);
    });
  }
  const memberOf = (process: SimProcess) =>
    must(
      all.find((one) => one.process === process),
      'a process of the cast',
    );

  return {
    start,
    trap(role, fault, place) {
      const running = all.filter((one) => one.role === role && one.process.isRunning());
      const victim = running[Math.floor(random() * running.length)];
      if (victim === undefined) return;
      if (place === undefined) lay(victim, fault, CROSSINGS_MAX);
      else victim.process.arm({ at: place, strike: () => strike(victim, fault) });
    },
    kill: (process) => strike(memberOf(process), 'kill'),
    freeze: (process) => strike(memberOf(process), 'freeze'),
    expire: (process) => strike(memberOf(process), 'expire'),
    stopAll(role) {
      down.add(role);
      for (const { process } of all.filter((one) => one.role === role && !one.process.isKilled())) {
        process.kill();
        broker.kill(process.name);
      }
    },
    resume(role) {
      down.delete(role);
      start(role);
    },
    leaveOne(role) {
      const alive = all.filter((one) => one.role === role && !one.process.isKilled());
      const last = alive.findLast(({ process }) => process.isRunning());
      // A frozen one as well: it would thaw, and take back what it held.
      for (const { process } of alive.filter((one) => one !== last)) {
        process.kill();
        broker.kill(process.name);
      }
    },
    calm() {
      calm = true;
      for (const { process } of all) process.disarm();
    },
    end() {
      for (const { role, process } of all) {
        process.kill();
        broker.kill(process.name);
        // Only these hold files.
        if (role === 'reconciler') process.end();
      }
    },
    passed,
    deaths,
  };
}
