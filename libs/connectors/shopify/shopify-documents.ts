/** One GraphQL document with what it costs at most, in points, until the shop itself has said it. */
export type Document = { readonly name: string; readonly text: string; readonly cost: number };
