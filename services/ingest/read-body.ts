/** The whole body of a request, or why there is none. */
export type BodyRead =
  | { readonly kind: 'body'; readonly body: Uint8Array }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'broken' };

/** Reads a request's raw bytes and stops at the limit, whatever its length was said to be. */
export async function readBody(request: Request, limitBytes: number): Promise<BodyRead> {
  const announced = Number(request.headers.get('content-length') ?? '0');
  if (announced > limitBytes) return { kind: 'too-large' };
  if (request.body === null) return { kind: 'body', body: new Uint8Array() };
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const part of request.body) {
      bytes += part.byteLength;
      if (bytes > limitBytes) return { kind: 'too-large' };
      parts.push(part);
    }
  } catch {
    // The connection ended before the body did.
    return { kind: 'broken' };
  }
  return { kind: 'body', body: Buffer.concat(parts) };
}
