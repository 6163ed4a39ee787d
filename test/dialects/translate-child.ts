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
console.log(Math.round(process.resourceUsage().maxRSS / 1024));
