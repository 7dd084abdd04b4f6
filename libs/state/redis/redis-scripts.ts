// What must be atomic runs inside Redis. Times are the server's own, so that processes share one clock.

const NOW = `local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000)`;

/**
 * The copy's present life: a flush takes the token away, and another server (a failover, a restart that forgot the last writes)
 * has another replication id.
 */
const LIFE = `
local function life(key, make)
  local token = redis.call('GET', key)
  if not token then
    if not make then return nil end
    token = make
    redis.call('SET', key, token)
  end
  return redis.call('INFO', 'replication'):match('master_replid:(%x+)') .. '/' .. token
end`;

const BUCKET = `
local function bucket(key, capacity, perSecond, now)
  local kept = redis.call('HMGET', key, 'left', 'at')
  if not kept[1] then return 0 end
  local grown = math.max(0, now - tonumber(kept[2])) / 1000 * perSecond
  return math.min(capacity, tonumber(kept[1]) + grown)
end
local function keep(key, left, now, capacity, perSecond)
  redis.call('HSET', key, 'left', string.format('%.6f', left), 'at', string.format('%d', now))
  -- A bucket that nobody used until it was full twice over says nothing more, except that it may not start empty.
  redis.call('PEXPIRE', key, 86400000)
end`;

/** `numberOfKeys` null: each call has its own. */
export const SCRIPTS = {
  /**
   * Many facts of one kind. KEYS: the kind's hash, then the tombstone of each. ARGV: how long a tombstone is kept, then for each its
   * id, offset, value or '' to delete.
   */
  putFacts: {
    numberOfKeys: null,
    lua: `
for n = 2, #KEYS do
  local at = (n - 2) * 3 + 2
  local id, offset, value = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local known = redis.call('HGET', KEYS[1], id)
  local last = known and known:match('^(%d+) ') or redis.call('GET', KEYS[n])
  if not last or tonumber(last) <= tonumber(offset) then
    if value == '' then
      redis.call('HDEL', KEYS[1], id)
      redis.call('SET', KEYS[n], offset, 'PX', ARGV[1])
    else
      redis.call('HSET', KEYS[1], id, offset .. ' ' .. value)
      if not known then redis.call('DEL', KEYS[n]) end
    end
  end
end
return 1`,
  },
  /** KEYS: the life's token, the positions. Nil when the copy is not known to be complete. */
  completeTo: {
    numberOfKeys: 2,
    lua: `${LIFE}
local present = life(KEYS[1], nil)
if not present or redis.call('HGET', KEYS[2], 'life') ~= present then return false end
return redis.call('HGETALL', KEYS[2])`,
  },
  /** KEYS: the life's token. ARGV: a token to begin with where there is none. */
  beginFill: { numberOfKeys: 1, lua: `${LIFE} return life(KEYS[1], ARGV[1])` },
  /** KEYS: the life's token, the positions. ARGV: the life that was filled, then partition and offset in turn. */
  setCompleteTo: {
    numberOfKeys: 2,
    lua: `${LIFE}
if life(KEYS[1], nil) ~= ARGV[1] then return 0 end
if redis.call('HGET', KEYS[2], 'life') ~= ARGV[1] then
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[2], 'life', ARGV[1])
end
for at = 2, #ARGV, 2 do
  local known = redis.call('HGET', KEYS[2], ARGV[at])
  if not known or tonumber(known) < tonumber(ARGV[at + 1]) then redis.call('HSET', KEYS[2], ARGV[at], ARGV[at + 1]) end
end
return 1`,
  },
  /** KEYS: the bucket. ARGV: cost, capacity, units a second. How many milliseconds to wait; 0: taken. */
  takeBudget: {
    numberOfKeys: 1,
    lua: `${NOW} ${BUCKET}
local cost, capacity, perSecond = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local left = bucket(KEYS[1], capacity, perSecond, now)
local missing = math.min(cost, capacity) - left
if missing > 0 then
  keep(KEYS[1], left, now, capacity, perSecond)
  return math.max(1, math.ceil(missing / perSecond * 1000))
end
keep(KEYS[1], left - cost, now, capacity, perSecond)
return 0`,
  },
  /** KEYS: the bucket. ARGV: what is left, capacity, units a second. */
  setBudget: {
    numberOfKeys: 1,
    lua: `${NOW} ${BUCKET}
keep(KEYS[1], math.min(tonumber(ARGV[1]), tonumber(ARGV[2])), now, tonumber(ARGV[2]), tonumber(ARGV[3]))
return 1`,
  },
  /** KEYS: the bucket. ARGV: capacity, units a second. */
  readBudget: {
    numberOfKeys: 1,
    lua: `${NOW} ${BUCKET}
return string.format('%.6f', bucket(KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2]), now))`,
  },
  /** KEYS: the lease. ARGV: holder, milliseconds. */
  lease: {
    numberOfKeys: 1,
    lua: `
local held = redis.call('GET', KEYS[1])
if held and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`,
  },
  /** KEYS: the lease. ARGV: holder. */
  release: {
    numberOfKeys: 1,
    lua: `if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`,
  },
} as const satisfies Record<string, { readonly numberOfKeys: number | null; readonly lua: string }>;

export type ScriptName = keyof typeof SCRIPTS;
