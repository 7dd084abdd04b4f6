/** A change to the product's code that takes away one promise. A test has to go red with it. */
export type Mutation = {
  /** Names it on the command line. */
  readonly id: string;
  /** The law, or the rule of who may write, that it breaks. */
  readonly breaks: string;
  /** What the code does with it, for people. */
  readonly does: string;
  readonly file: string;
  /** Stands exactly once in the file: a mutation whose text is gone is an error, not a pass. */
  readonly find: string;
  readonly replace: string;
  /** The fewest tests that must go red. */
  readonly tests: Tests;
  /** Quick enough for every commit. @default false */
  readonly ci?: boolean;
};

export type Tests = {
  readonly files: readonly string[];
  /** Only tests whose name holds this. */
  readonly name?: string;
};

/** What became of a mutation. */
export type Result =
  /** The tests that went red, and what the first of them said. */
  | { readonly kind: 'noticed'; readonly red: readonly string[]; readonly message: string }
  /** Nothing noticed it. */
  | { readonly kind: 'survived' }
  /** It could not be tried: its text is gone, or no test ran. */
  | { readonly kind: 'broken'; readonly why: string };

/**
 * The file with the mutation in it.
 *
 * @throws {Error} the text does not stand there exactly once.
 */
export function mutate(text: string, { id, file, find, replace }: Mutation): string {
  const parts = text.split(find);
  if (parts.length !== 2)
    throw new Error(`Cannot apply the mutation "${id}": its text stands ${String(parts.length - 1)} times in ${file}`);
  return parts.join(replace);
}
