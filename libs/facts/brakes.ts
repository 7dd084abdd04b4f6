/** Id of the brake on what is archived or deleted at the target because it is gone from the source. */
export const DELETED = 'deleted';

/** The time over which a brake counts, and for which it stays open once a person has accepted what it held, milliseconds. */
export const BRAKE_WINDOW_MS = 3_600_000;
