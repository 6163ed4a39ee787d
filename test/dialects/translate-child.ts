import { readFileSync } from 'node:fs';
import { loadCatalog } from '../../shared/catalog/load.ts';
import { openaiChatClient } from '../../shared/dialects/openai-chat/client/dialect.ts';
import { transformed } from '../../shared/transforms/apply.ts';

/** Translates 120,000 short messages, 4 MB, for `<provider> <model>`, and prints the most memory that took, in MB. */
const [, , provider = '', model] = process.argv;
const messages = '{"role":"user","content":"hi"},{"role":"assistant","content":"hi"},'.repeat(60_000).slice(0, -1);
const body = JSON.parse(`{"model":"m","messages":[${messages}]}`);
const { resolve } = loadCatalog({ providers: { [provider]: {} } }, { AWS_REGION: 'us-east-1' });
const target = resolve(`${provider}/${model}`)![0]!;
openaiChatClient.glance(body);
const request = openaiChatClient.readRequest(body);
const changed = transformed({ request: () => request }, target);
target.provider.dialect.writeRequest(changed?.request ?? request, target);
console.log(mostMb());

/** Most memory of this process; `maxRSS` has its parent's in it, from before the fork. */
function mostMb(): number {
  try {
    const [, kb] = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))!;
    return Math.round(Number(kb) / 1024);
  } catch {
    // Not on Linux.
    return Math.round(process.resourceUsage().maxRSS / 1024);
  }
}
