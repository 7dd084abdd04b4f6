import kafkajs from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { connectKafka } from '#libs/event-log/kafka/kafka-connection.ts';
import { silentLogger } from '#libs/runtime/logger.ts';
import { aPrefix, openSecured, settled } from './secured-log.ts';
import { PATIENCE, settler } from './kafka-processes.ts';
import { aNews } from '../contract/event-log-harness.ts';
import { startSecuredKafka, type SecuredKafka } from '../../simulators/services/secured-kafka.ts';
import { whyNoLocalKafka } from '../../simulators/services/local-kafka.ts';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

const admin = { username: 'operator', password: 'the-operators-own' };
const lockstep = { username: 'lockstep', password: 'of-every-process' };
const START_MS = 300_000;

// Of the test's own, whatever the environment gives: only here may it say who is let in.
const why = process.env['REQUIRE_SERVICES'] === '1' ? null : await whyNoLocalKafka();
if (why !== null) process.stderr.write(`Without a broker that asks for a password: ${why}\n`);

describe.skipIf(why !== null)('brokers that speak TLS and ask who is there', () => {
  const prefix = aPrefix();
  let kafka: SecuredKafka;
  const cluster = (mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512', user = lockstep, ca = kafka.ca) => ({
    brokers: kafka.brokers,
    ssl: { ca },
    sasl: { mechanism, ...user },
  });

  beforeAll(async () => {
    kafka = await startSecuredKafka(admin, [lockstep]);
    await allowWhatTheDocsSay(kafka, prefix);
    const operator = openSecured(cluster('plain', admin), prefix);
    await operator.openPair('acme', { partitions: 2 });
    await operator.close();
  }, START_MS);
  afterAll(() => kafka.stop());

  test.each(['plain', 'scram-sha-256', 'scram-sha-512'] as const)(
    'by %s, with the rights that the docs name for every process, all that a pair needs can be done',
    async (mechanism) => {
      await using log = openSecured(cluster(mechanism), prefix);
      await log.openPair('acme', { partitions: 2 });
      const consumer = await settler(log, 'acme');

      await log.publish([aNews('acme', `${mechanism}/now`)]);
      await log.publish([aNews('acme', `${mechanism}/later`)], { afterMs: 200 });
      await log.appendFacts([{ pair: 'acme', kind: 'link', id: mechanism, value: { v: 1 } }]);

      await expect
        .poll(() => consumer.seen, PATIENCE)
        .toEqual(expect.arrayContaining([`${mechanism}/now`, `${mechanism}/later`]));
      await expect.poll(() => settled(log), PATIENCE).toBe(true);
      expect(await Array.fromAsync(log.readFacts())).not.toEqual([]);
      await consumer.consumption.stop();
    },
    START_MS,
  );

  test(
    'a wrong password is told as such, without the password',
    async () => {
      await using log = openSecured(cluster('scram-sha-512', { ...lockstep, password: 'guessed-wrong' }), prefix);

      const error = await log.openPair('acme').catch((thrown: unknown) => thrown);

      expect(error).toMatchObject({ code: 'LOG_UNAVAILABLE', message: expect.stringMatching(/authenticat/i) });
      expect(JSON.stringify(error)).not.toContain('guessed-wrong');
    },
    START_MS,
  );

  test(
    'brokers whose certificate nobody vouches for are not talked to',
    async () => {
      await using log = openSecured(
        { brokers: kafka.brokers, ssl: true, sasl: { mechanism: 'plain', ...lockstep } },
        prefix,
      );

      await expect(log.openPair('acme')).rejects.toMatchObject({
        code: 'LOG_UNAVAILABLE',
        message: expect.stringMatching(/certificate/i),
      });
    },
    START_MS,
  );

  test(
    'a topic that the rights do not cover is refused, and nothing is made',
    async () => {
      await using log = openSecured(cluster('plain'), `${prefix}-other`);

      await expect(log.openPair('acme')).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' });
    },
    START_MS,
  );
});

/** The table of docs/operating.md, for every process. */
async function allowWhatTheDocsSay({ brokers, ca }: SecuredKafka, prefix: string): Promise<void> {
  const sasl = { mechanism: 'plain' as const, ...admin };
  const connection = connectKafka({ brokers, ssl: { ca }, sasl }, silentLogger);
  const { TOPIC, GROUP, CLUSTER } = AclResourceTypes;
  const { READ, WRITE, DESCRIBE } = AclOperationTypes;
  const prefixed = { resourceName: `${prefix}.`, resourcePatternType: ResourcePatternTypes.PREFIXED };
  const whole = { resourceName: 'kafka-cluster', resourcePatternType: ResourcePatternTypes.LITERAL };
  const rules = [
    ...[READ, WRITE, DESCRIBE].map((operation) => ({ ...prefixed, resourceType: TOPIC, operation })),
    ...[READ, DESCRIBE].map((operation) => ({ ...prefixed, resourceType: GROUP, operation })),
    { ...whole, resourceType: CLUSTER, operation: DESCRIBE },
  ];
  const principal = `User:${lockstep.username}`;
  await (
    await connection.admin()
  ).createAcls({
    acl: rules.map((rule) => ({ ...rule, principal, host: '*', permissionType: AclPermissionTypes.ALLOW })),
  });
  await connection.close();
}
