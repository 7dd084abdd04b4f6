import type { Epoch } from '#libs/event-log/event-log.ts';
import type { ApplierDeps } from './applier-deps.ts';

/** Says, in the very tick that sends a call, whether it may be sent. */
export type SendGate = {
  readonly maySend: () => boolean;
  /** The deadline has passed: `begin` again before anything is sent. */
  readonly expired: () => boolean;
};

/**
 * Opens half a session time-out for sending, counted from the answer of `begin` by the monotonic and by the wall clock: a process
 * that was frozen finds it closed when it thaws, and another owner's landing has not begun before it closed.
 */
export function openSendGate(
  { clock, settings, without }: Pick<ApplierDeps, 'clock' | 'settings' | 'without'>,
  epoch: Epoch,
): SendGate {
  const allowedMs = settings.timing.sessionMs / 2;
  const [monotonic, wall] = [clock.monotonic() + allowedMs, clock.now() + allowedMs];
  const expired = () =>
    without?.has('send-deadline') !== true && (clock.monotonic() >= monotonic || clock.now() >= wall);
  return { expired, maySend: () => !epoch.signal.aborted && !expired() };
}
