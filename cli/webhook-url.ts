/** `https://sync.example.com/webhooks/acme` */
export function webhookUrl(publicUrl: string, pair: string): string {
  return `${publicUrl.replace(/\/+$/, '')}/webhooks/${pair}`;
}
