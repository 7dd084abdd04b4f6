/** What `lockstep init` writes; a test parses it. */
export const SAMPLE_CONFIG = `# What Lockstep carries from the old shop to the new one.
# Secrets stay in the environment: "\${NAME}" stands for the variable NAME.
pairs:
  my-shop:
    source:
      platform: woocommerce
      url: https://old.example.com
      consumerKey: "\${WOO_KEY}"             # WooCommerce, Settings, Advanced, REST API: read/write
      consumerSecret: "\${WOO_SECRET}"
      webhookSecrets: ["\${WOO_HOOK}"]       # make one up: openssl rand -hex 24
    target:
      platform: shopify
      shop: new-example.myshopify.com
      accessToken: "\${SHOPIFY_TOKEN}"       # of a custom app of the shop
      location: Main warehouse
    migratedAt: 2026-11-02T08:00:00Z        # when the full migration was taken
    sync:                                   # only these fields are ever written
      variant: { fields: [quantity, stockStatus, price, compareAtPrice] }
      order:
        fields: [status, tracking, history]
        map:
          status:                           # the old shop's own words, where they are not the usual ones
            awaiting-shipment: { payment: paid, fulfilment: open }
            failed: ignore
    create: { product: new, order: new, customer: new }   # none | new (since migratedAt)
    reconcile: { cron: "0 2 * * *", timezone: Europe/Berlin, sweepEvery: 5m, repair: true }
ingest:
  port: 8787
  publicUrl: https://sync.example.com       # how the old shop reaches this process
`;
