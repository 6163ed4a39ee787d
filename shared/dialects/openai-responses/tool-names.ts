import { GatewayError } from '../../errors.ts';
import { isJsonObject, type JsonObject } from '../../http/json.ts';
import { filled } from '../kit/read-values.ts';

/** A tool as its caller knows it: by its name, and the group it stands in. */
export interface CallersTool {
  name: string;
  namespace?: string;
}

/** The tools of a request by the names that they have in the hub, where a group is no part of a name. */
export interface ToolNames {
  /** Definitions of functions and others, each with the name it has in the hub; those of groups are taken out of them. */
  definitions: readonly JsonObject[];
  /** The name that a call in the history has in the hub. */
  hubName(tool: { name: string; namespace?: unknown }): string;
  /** The hub's names of all tools of a group. */
  groupOf(namespace: string): readonly string[];
  /** What a call in the answer is called for the caller, whatever the model made of its name. */
  callersTool(hubName: string): CallersTool;
  /** Whether the caller searches among its own tools itself: the search is a function then. */
  hasToolSearch: boolean;
}

export const TOOL_SEARCH = 'tool_search';

/** Characters of a group's name, which is repeated in the name of each of its tools; no vendor takes so many. */
const MOST_GROUP_NAME = 256;

/**
 * Codex groups tools as `{type: 'namespace', name, tools}`, and knows a call by both names, each in a field of its own. In the
 * hub, the names are one. Tools that a search in the history has found are offered too.
 */
export function toolNames(body: JsonObject): ToolNames {
  const definitions: JsonObject[] = [];
  const byHubName = new Map<string, CallersTool>();
  const byCaller = new Map<string, string>();
  const byBareName = new Map<string, CallersTool[]>();
  const byGroup = new Map<string, string[]>();
  /** The number that is tried next behind a name, so that none is tried twice. */
  const nextOf = new Map<string, number>();
  let hasToolSearch = false;

  function add(definition: JsonObject, namespace?: string): void {
    const name = filled(definition.name);
    const isOwnSearch = definition.type === TOOL_SEARCH && definition.execution === 'client';
    if (isOwnSearch) hasToolSearch = true;
    if (name === undefined || !(definition.type === 'function' || definition.type === 'custom')) {
      definitions.push(
        isOwnSearch ? { ...definition, type: 'function', name: TOOL_SEARCH, strict: false } : definition,
      );
      return;
    }
    const tool: CallersTool = namespace === undefined ? { name } : { name, namespace };
    const key = keyOf(tool);
    // Found again by a later search.
    if (byCaller.has(key)) return;
    const stem = joined(tool);
    let hubName = stem;
    let again = nextOf.get(stem) ?? 2;
    for (; byHubName.has(hubName); again += 1) hubName = `${stem}_${again}`;
    nextOf.set(stem, again);
    byHubName.set(hubName, tool);
    byCaller.set(key, hubName);
    append(byBareName, name, tool);
    if (namespace !== undefined) append(byGroup, namespace, hubName);
    definitions.push({ ...definition, name: hubName });
  }

  // Names without a group stay as they are: they come first.
  const given = [...listOf(body.tools), ...foundTools(body.input)];
  for (const definition of given) if (definition.type !== 'namespace') add(definition);
  for (const definition of given) {
    const namespace = filled(definition.name);
    if (definition.type !== 'namespace' || namespace === undefined) continue;
    if (namespace.length > MOST_GROUP_NAME) {
      const message = `tools: the name of a namespace has at most ${MOST_GROUP_NAME} characters.`;
      throw new GatewayError('invalid_request', message, { param: 'tools' });
    }
    for (const inner of listOf(definition.tools)) add(inner, namespace);
  }

  return {
    definitions,
    hasToolSearch,
    hubName({ name, namespace }) {
      const tool: CallersTool = filled(namespace) === undefined ? { name } : { name, namespace: String(namespace) };
      return byCaller.get(keyOf(tool)) ?? joined(tool);
    },
    groupOf: (namespace) => byGroup.get(namespace) ?? [],
    callersTool(hubName) {
      // Some models leave the group out of the name.
      const bare = byBareName.get(hubName) ?? [];
      return byHubName.get(hubName) ?? (bare.length === 1 ? bare[0]! : { name: hubName });
    },
  };
}

function append<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

const keyOf = ({ namespace, name }: CallersTool): string => JSON.stringify([namespace, name]);

/** Groups of tool servers end with the separator already. Longer names than a vendor takes are cut by its own dialect. */
function joined({ namespace, name }: CallersTool): string {
  if (namespace === undefined) return name;
  return namespace.endsWith('__') ? namespace + name : `${namespace}__${name}`;
}

const listOf = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isJsonObject) : []);

const foundTools = (input: unknown): JsonObject[] =>
  listOf(input).flatMap(({ type, tools }) =>
    type === 'tool_search_output' || type === 'additional_tools' ? listOf(tools) : [],
  );
