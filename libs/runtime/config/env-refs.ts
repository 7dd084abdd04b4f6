import type { ConfigPath, PathPart } from './yaml-source.ts';

export type EnvMistake = { readonly path: ConfigPath; readonly message: string };

export type Substituted = {
  readonly value: unknown;
  readonly mistakes: readonly EnvMistake[];
  /** What the environment gave, to be kept out of logs. */
  readonly secrets: readonly string[];
};

const REFERENCE = /\$\{([^}]*)\}/g;
const ENV_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const SECRET_KEY = /(secrets?|tokens?|passwords?|consumerkey|apikey|fingerprintkey)$/i;
const PUBLIC_KEY = /(url|shop|location|language|storeview|user|clientid|address|brokers|prefix|username|mechanism)$/i;

/** Puts the environment's values in place of `${NAME}`; done after parsing, so that no value can change the file's shape. */
export function substituteEnv(value: unknown, env: Readonly<Record<string, string | undefined>>): Substituted {
  const mistakes: EnvMistake[] = [];
  const secrets = new Set<string>();

  const walk = (node: unknown, path: readonly PathPart[]): unknown => {
    if (typeof node === 'string') return substituteText(node, path);
    if (Array.isArray(node)) return node.map((item, index) => walk(item, [...path, index]));
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, item]) => [key, walk(item, [...path, key])]));
  };
  const substituteText = (text: string, path: readonly PathPart[]): string => {
    const key = lastKey(path);
    if (!text.includes('${')) {
      if (SECRET_KEY.test(key) && text !== '')
        mistakes.push({
          path,
          message: `holds a secret as plain text: write "\${NAME}" and set NAME in the environment`,
        });
      return text;
    }
    return text.replaceAll(REFERENCE, (reference, name: string) => {
      const found = ENV_NAME.test(name) ? env[name] : undefined;
      if (!ENV_NAME.test(name)) mistakes.push({ path, message: `${reference} names no environment variable` });
      else if (found === undefined) mistakes.push({ path, message: `${reference} is not set in the environment` });
      else if (found === '') mistakes.push({ path, message: `${reference} is empty in the environment` });
      else if (!PUBLIC_KEY.test(key)) secrets.add(found);
      return found ?? '';
    });
  };

  return { value: walk(value, []), mistakes, secrets: [...secrets] };
}

/** Whether what stands under this key is a secret. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}

function lastKey(path: readonly PathPart[]): string {
  return String(path.findLast((part) => typeof part === 'string') ?? '');
}
