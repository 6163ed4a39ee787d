import { createHash, createHmac } from 'node:crypto';

const hash = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
const mac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

interface Call {
  /** As it stands in what is signed: each segment encoded once more than on the wire. */
  canonicalPath: string;
  canonicalQuery?: string;
  /** The headers that are signed. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
  /** `20261120T123045Z` */
  time: string;
  region: string;
  service: string;
  secret: string;
}

/** Signature Version 4 by its description, apart from the SDK's signer. */
export function signatureOf(call: Call): string {
  const { canonicalPath, canonicalQuery = '', headers, body, time, region, service, secret } = call;
  const names = Object.keys(headers).sort();
  const lines = names.map((name) => `${name}:${headers[name]}`).join('\n');
  const canonical = ['POST', canonicalPath, canonicalQuery, `${lines}\n`, names.join(';'), hash(body)].join('\n');
  const day = time.slice(0, 8);
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', time, scope, hash(canonical)].join('\n');
  const key = [region, service, 'aws4_request'].reduce(mac, mac(`AWS4${secret}`, day));
  return mac(key, toSign).toString('hex');
}

export const bodyHash = hash;
