import { isJsonObject, type JsonObject } from '../../../http/json.ts';
import type { ShortRoad } from '../../dialect.ts';
import { oneOf } from '../../kit/traits.ts';
import type { Traits } from '../../traits.ts';
import type { AnthropicGlance } from '../glance.ts';
import { AGENT_HEADERS, BETA_HEADER, VERSION_HEADER, WORKSPACE_HEADER } from '../names.ts';
import { knownTraits } from './models.ts';
import { planThinking } from './thinking.ts';
import { thinkingControls } from './traits.ts';

/** Anthropic's bytes to a provider that speaks Anthropic: only top-level fields are touched, and only where they must be. */
export const shortRoad: ShortRoad<AnthropicGlance> = {
  // The query `?beta=true`, which older clients add, does not go: the vendor's newer clients send none, and the header alone says which
  // betas are used. @see https://code.claude.com/docs/en/llm-gateway-protocol
  forwards: [BETA_HEADER, VERSION_HEADER, `${AGENT_HEADERS}*`],
  suggests: [WORKSPACE_HEADER],
  countPath: () => '/messages/count_tokens',

  mayPass(glance, traits, model) {
    const { systemTurns, toolSearch } = model === undefined ? traits : knownTraits(model, traits);
    if (glance.hasSystemTurns && systemTurns === 'remind') return false;
    if (glance.hasToolSearch && toolSearch === 'none') return false;
    if (glance.hasCacheMarks && traits.cacheMarks === 'strip') return false;
    if (glance.hasThinking && traits.thinkingHistory === 'strip') return false;
    if (glance.hasForeignSignatures) return false;
    return !(glance.hasUnsignedThinking && traits.thinkingHistory !== 'keep');
  },

  edit({ value, members }, glance, { model, traits }) {
    const set: Record<string, string> = {};
    const names = members.map(({ key }) => key);
    const dropped = names.filter((name) => traits.drops?.includes(name));
    const remove = new Set(dropped);
    if (model !== glance.model) set.model = JSON.stringify(model);
    if (traits.sampling === 'drop') drop(samplingFields, names, remove, dropped);
    const most = knownTraits(model, traits).maxOutputTokens;
    // Claude Code asks for more tokens than many models can answer with, and gives up at a 400.
    if (most !== undefined && (glance.maxTokens ?? 0) > most) set.max_tokens = String(most);
    const thinking = isJsonObject(value.thinking)
      ? editedThinking(value.thinking, value, { model, traits })
      : undefined;
    if (thinking === 'drop') drop(['thinking'], names, remove, dropped);
    else if (thinking) Object.assign(set, thinking);
    // An empty list of tools, or a choice among none, is a 400; a request with them means no tools.
    if (Array.isArray(value.tools) ? value.tools.length === 0 : value.tools === null) remove.add('tools');
    if (!Array.isArray(value.tools) || value.tools.length === 0) remove.add('tool_choice');
    return { edits: { set, remove }, headers: {}, dropped, hidesUsage: false };
  },

  // Counts come with the reason to stop, and callers of this dialect always want them.
  lastEvent: 'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  isOnlyUsage: () => false,
};

const samplingFields = ['temperature', 'top_p', 'top_k'];

function drop(fields: readonly string[], names: readonly string[], remove: Set<string>, dropped: string[]): void {
  for (const name of fields) {
    if (!names.includes(name) || remove.has(name)) continue;
    remove.add(name);
    dropped.push(name);
  }
}

/** Thinking in the fields a provider knows, where its traits say which: those of the newest models are unknown to others. */
function editedThinking(
  thinking: JsonObject,
  value: JsonObject,
  { model, traits }: { model: string; traits: Traits },
): Record<string, string> | 'drop' | undefined {
  const style = oneOf(thinkingControls, traits.thinkingControl);
  if (style === undefined || thinking.type === 'disabled') return style === 'none' ? 'drop' : undefined;
  if (style === 'none') return 'drop';
  if (
    style === 'adaptive' ? thinking.type !== 'enabled' : thinking.type === 'enabled' && thinking.display === undefined
  ) {
    return undefined;
  }
  const effort = isJsonObject(value.output_config) ? value.output_config.effort : undefined;
  const { budget_tokens: budget } = thinking;
  const reasoning = {
    enabled: true,
    ...(typeof effort === 'string' ? { effort } : {}),
    ...(typeof budget === 'number' ? { budget } : {}),
  };
  const maxTokens = typeof value.max_tokens === 'number' ? { maxTokens: value.max_tokens } : {};
  const plan = planThinking(
    { model, messages: [], stream: false, reasoning, ...maxTokens },
    knownTraits(model, traits),
    false,
  );
  const own: Record<string, string> = { thinking: JSON.stringify(plan.thinking) };
  if (plan.maxTokens !== value.max_tokens) own.max_tokens = String(plan.maxTokens);
  return own;
}
