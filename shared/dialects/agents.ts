import { defined } from '../chat/defined.ts';
import type { Headers } from '../http/message.ts';

/** Which conversation a request belongs to, and which of the agents in it asks, as the agent's own program says. */
export interface AgentIds {
  session?: string;
  /** Absent where the program tells no agents apart, and for its main one. */
  agent?: string;
  /** The agent that began this one. */
  parentAgent?: string;
}

/**
 * The headers in which agents say it, the first that is there counts.
 * @see https://code.claude.com/docs/en/llm-gateway-protocol
 */
const headerNames: Readonly<Record<keyof AgentIds, readonly string[]>> = {
  session: ['x-claude-code-session-id', 'session-id', 'session_id', 'conversation_id'],
  agent: ['x-claude-code-agent-id', 'thread-id'],
  parentAgent: ['x-claude-code-parent-agent-id', 'x-codex-parent-thread-id'],
};

/** They are stored and shown: any other text in their place is no id of a known program's, and is left out. */
const ID = /^[\w.:-]{1,128}$/;

export function agentIdsOf(headers: Headers): AgentIds {
  const idIn = (names: readonly string[]): string | undefined => {
    const given = names.find((name) => headers[name] !== undefined);
    const id = given === undefined ? undefined : headers[given];
    return id !== undefined && ID.test(id) ? id : undefined;
  };
  return defined({
    session: idIn(headerNames.session),
    agent: idIn(headerNames.agent),
    parentAgent: idIn(headerNames.parentAgent),
  });
}
