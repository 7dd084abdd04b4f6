import type { Http } from './http.ts';

/**
 * How a merchant hands out keys without anybody mailing them: a page of the shop asks for consent, and the shop, or the merchant's
 * browser, brings the keys to a callback. Knows no port and no file.
 */
export type Consent<C> = {
  /** Keys of the store's part of the config that it fills; each has to stand there as `"${NAME}"`. */
  readonly gives: readonly string[];
  /**
   * The page on which the merchant agrees.
   *
   * @throws {SyncError} USAGE: the shop could not call back there, or the config lacks what it takes.
   */
  readonly begin: (ask: ConsentAsk<C>) => string;
  /** What a request to the callback, or to a path below it, means. */
  readonly receive: (request: CallbackRequest, ask: ConsentAsk<C>, http: Http) => Promise<ConsentReply>;
};

export type ConsentAsk<C> = {
  readonly config: C;
  readonly role: 'source' | 'target';
  /** Where the shop, or the merchant's browser, comes back: no query, no slash at its end. */
  readonly callbackUrl: string;
  /** Made for this one consent and never used again: who does not know it was not sent by us. */
  readonly state: string;
  readonly signal: AbortSignal;
};

export type CallbackRequest = {
  readonly method: string;
  /** As it came, with its query, on whatever host. */
  readonly url: URL;
  readonly body: string;
};

export type ConsentReply =
  /** By the names of `gives`. */
  | { readonly kind: 'keys'; readonly values: Readonly<Record<string, string>> }
  /** The merchant's browser is back, and nothing is left to do there. */
  | { readonly kind: 'back' }
  /** The merchant, or the shop, said no. */
  | { readonly kind: 'refused'; readonly message: string }
  /** Not what was waited for: somebody else's, or without our secret. */
  | { readonly kind: 'stranger' };
