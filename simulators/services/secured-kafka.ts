import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { startLocalKafka, type ListenerSettings, type LocalKafka } from './local-kafka.ts';
import { runToEnd } from './processes.ts';

/** A broker that speaks TLS, wants a name and a password, and lets nobody do what no access rule allows. */
export type SecuredKafka = LocalKafka & {
  /** Its certificate, in PEM: whoever trusts it as an authority can connect. */
  readonly ca: string;
};

export type User = { readonly username: string; readonly password: string };

const STORE_PASSWORD = 'of-the-key-store';

/** Starts one on free ports; `admin` may do everything, the others what access rules say. Each may come by PLAIN and by SCRAM. */
export async function startSecuredKafka(admin: User, others: readonly User[]): Promise<SecuredKafka> {
  let ca = '';
  const kafka = await startLocalKafka(async (folder) => {
    ca = await makeCertificate(folder);
    return listenerFor(folder, admin, others);
  });
  return { ...kafka, ca };
}

async function makeCertificate(folder: string): Promise<string> {
  const store = ['-keystore', join(folder, 'broker.p12'), '-storetype', 'PKCS12', '-storepass', STORE_PASSWORD];
  const name = ['-alias', 'broker', '-dname', 'CN=127.0.0.1', '-ext', 'san=ip:127.0.0.1'];
  await runToEnd('keytool', ['-genkeypair', ...store, ...name, '-keyalg', 'RSA', '-validity', '3'], folder);
  const pem = join(folder, 'broker.pem');
  await runToEnd('keytool', ['-exportcert', ...store, '-alias', 'broker', '-rfc', '-file', pem], folder);
  return readFile(pem, 'utf8');
}

function listenerFor(folder: string, admin: User, others: readonly User[]): ListenerSettings {
  const users = [admin, ...others];
  const known = users.map(({ username, password }) => `user_${username}="${password}"`).join(' ');
  const self = `username="${admin.username}" password="${admin.password}"`;
  const module = 'org.apache.kafka.common.security';
  return {
    protocol: 'SASL_SSL',
    lines: [
      'sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      'sasl.mechanism.inter.broker.protocol=PLAIN',
      `listener.name.sasl_ssl.plain.sasl.jaas.config=${module}.plain.PlainLoginModule required ${self} ${known};`,
      ...['256', '512'].map(
        (bits) =>
          `listener.name.sasl_ssl.scram-sha-${bits}.sasl.jaas.config=${module}.scram.ScramLoginModule required;`,
      ),
      `ssl.keystore.location=${join(folder, 'broker.p12')}`,
      'ssl.keystore.type=PKCS12',
      `ssl.keystore.password=${STORE_PASSWORD}`,
      'ssl.truststore.type=PEM',
      `ssl.truststore.location=${join(folder, 'broker.pem')}`,
      'authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer',
      // The controller listens without TLS, on this machine alone.
      `super.users=User:${admin.username};User:ANONYMOUS`,
    ],
    scram: users.flatMap(({ username, password }) =>
      ['256', '512'].map((bits) => `SCRAM-SHA-${bits}=[name=${username},password=${password}]`),
    ),
  };
}
