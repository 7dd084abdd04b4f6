import type { Epoch } from '#libs/event-log/event-log.ts';
import type { PairSettings } from '#libs/model/pair.ts';
import type { ApplierDeps } from './applier-deps.ts';

/** Says, in the very tick that sends a call, whether it may be sent. */
export type SendGate = {
  readonly maySend: () => boolean;
  /** The deadline has passed: `begin` again before anything is sent. */
  readonly expired: () => boolean;
};

/** How long after it asked for `begin` an owner may send, in milliseconds: half a session time-out. */
export function sendWindowMs({ timing }: Pick<PairSettings, 'timing'>): number {
  return timing.sessionMs / 2;
}

/**
 * Opens half a session time-out for sending, by the monotonic and by the wall clock. It is opened before `begin` is asked for: the
 * answer may be heard long after it was given, by a process that was frozen in between, and then it proves nothing about now.
 */
export function openSendGate(
  { clock, settings, without }: Pick<ApplierDeps, 'clock' | 'settings' | 'without'>,
  epoch: Epoch,
): SendGate {
  const allowedMs = sendWindowMs(settings);
  const [monotonic, wall] = [clock.monotonic() + allowedMs, clock.now() + allowedMs];
  const expired = () =>
    without?.has('send-deadline') !== true && (clock.monotonic() >= monotonic || clock.now() >= wall);
  return { expired, maySend: () => !epoch.signal.aborted && !expired() };
}
