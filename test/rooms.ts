/**
 * Who may import whom. Each room names the rooms below it that it builds on; a file may always import from its own room.
 * A room that is not in the table fails, and so does a rule or an allowed import that matches no file.
 */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  env: [],
  log: [],
  async: ['errors', 'log'],
  // Large bodies are unpacked one at a time.
  http: ['errors', 'async'],
  chat: ['errors'],
  vectors: ['errors', 'chat'],
  transforms: ['errors', 'chat'],
  media: ['errors', 'async', 'chat'],
  dialects: ['errors', 'http', 'chat', 'vectors', 'media'],
  providers: ['dialects'],
  catalog: ['http', 'chat', 'dialects', 'providers'],
  // Who somebody is by a token: its issuer's keys, its signature, its claims.
  identity: ['errors', 'async', 'http', 'chat', 'catalog', 'log'],
  call: ['errors', 'http', 'chat', 'transforms', 'dialects', 'catalog', 'identity'],
  upstream: ['errors', 'async', 'http', 'chat', 'dialects', 'catalog', 'call'],
  remember: ['log', 'async'],
  accounting: ['errors', 'log', 'async', 'http', 'chat', 'dialects', 'catalog', 'call'],
  routing: ['errors', 'log', 'dialects', 'catalog', 'call'],
  roads: [
    ...['errors', 'async', 'http', 'chat', 'vectors', 'transforms', 'media', 'dialects', 'catalog'],
    ...['call', 'upstream'],
  ],
  vision: ['errors', 'log', 'async', 'chat', 'transforms', 'media', 'catalog', 'call', 'remember', 'routing', 'roads'],
  gateway: [
    ...['errors', 'log', 'async', 'http', 'chat', 'vectors', 'dialects', 'catalog'],
    ...['call', 'upstream', 'accounting', 'routing', 'roads', 'vision', 'identity'],
  ],
  // The catalog: which providers a key may bring its own key for, and the configuration that is shown.
  operations: [
    ...['errors', 'log', 'async', 'http', 'chat', 'catalog', 'call', 'remember', 'accounting', 'vision', 'gateway'],
  ],
  aws: [
    ...['errors', 'env', 'log', 'async', 'http', 'media', 'catalog'],
    ...['call', 'upstream', 'remember', 'accounting', 'vision', 'gateway', 'operations', 'identity'],
  ],
  hosts: ['errors', 'async', 'http', 'gateway'],
  functions: ['env', 'catalog', 'gateway', 'operations', 'aws', 'hosts'],
  infra: ['env', 'log', 'async', 'catalog', 'call', 'accounting', 'gateway', 'operations', 'aws', 'hosts'],
};
