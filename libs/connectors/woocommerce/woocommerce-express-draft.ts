/** What is left of the wanted values, and what is withheld with its reason. */
export type ExpressDraft = {
  readonly wanted: Record<string, unknown>;
  readonly withheld: Record<string, string>;
};

/** Takes a field out that cannot be expressed: it is never guessed. */
export function withhold({ wanted, withheld }: ExpressDraft, field: string, why: string): void {
  delete wanted[field];
  withheld[field] = why;
}
